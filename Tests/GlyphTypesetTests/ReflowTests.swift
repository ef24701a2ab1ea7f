// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage
import Testing

@testable import GlyphTypeset

@Suite("Reflow joins hard-wrapped prose")
struct ReflowProseTests {
    @Test("Every break inside a wrapped paragraph is joined, and empty lines stay")
    func paragraphs() {
        let wrapped = Samples.prose(width: 72)
        #expect(!Reflow.apply(SourceText(wrapped), .auto).joinedOffsets.isEmpty)
        #expect(Samples.reflowed(wrapped) == Samples.paragraphs.joined(separator: "\n\n") + "\n")
    }

    @Test("The wrap width is learnt from the text", arguments: [48, 60, 72, 79, 100])
    func widths(width: Int) {
        let wrapped = Samples.prose(width: width)
        #expect(Samples.reflowed(wrapped) == Samples.paragraphs.joined(separator: "\n\n") + "\n")
    }

    @Test("Paragraphs that follow each other without an empty line stay apart")
    func denseParagraphs() {
        // (At 72 columns one of them happens to end with a full line, which nobody could tell from a wrapped one.)
        let wrapped = Samples.prose(width: 60, separator: "\n")
        #expect(Samples.reflowed(wrapped) == Samples.paragraphs.joined(separator: "\n") + "\n")
    }

    @Test("A paragraph whose first line is indented is joined")
    func firstLineIndent() {
        let wrapped = Samples.paragraphs.map { Samples.wrap("    " + $0, at: 72) }.joined(separator: "\n")
        #expect(Samples.reflowed(wrapped) == Samples.paragraphs.map { "    " + $0 }.joined(separator: "\n"))
    }

    @Test("A joined CR LF becomes two spaces, and the original comes back")
    func carriageReturns() {
        let original = SourceText(Samples.prose(width: 72).replacing("\n", with: "\r\n"))
        let result = Reflow.apply(original)
        #expect(
            result.joinedOffsets.count == 2 * Reflow.apply(SourceText(Samples.prose(width: 72))).joinedOffsets.count
        )
        #expect(!String(decoding: result.text.utf8, as: UTF8.self).contains("even a\r\n"))
        #expect(result.original == original.utf8)
    }

    @Test("A word split by a hyphen at the line end stays split, the rest of its paragraph is joined")
    func hyphens() {
        let wrapped = Samples.prose(width: 72).replacing(" even a\n", with: " well-\n")
        let result = Samples.reflowed(wrapped)
        #expect(!result.contains("well- "))
        #expect(result.count { $0 == "\n" } <= Samples.paragraphs.count * 2 + 1)
    }

    @Test("Unwrapped text and text with one sentence a line is left alone")
    func notWrapped() {
        let long = Samples.paragraphs.joined(separator: "\n\n")
        let sentences = long.replacing(". ", with: ".\n")
        for text in [long, sentences, "", "\n", "one line"] {
            #expect(Reflow.apply(SourceText(text), .auto).joinedOffsets.isEmpty)
        }
    }

    @Test("Lines of Chinese are not joined, since a space would show")
    func chinese() {
        let line = "天地玄黄宇宙洪荒日月盈昃辰宿列张寒来暑往秋收冬藏闰馀成岁律吕调阳云腾致雨露结为霜金生丽水玉出昆冈"
        let text = Samples.prose(width: 72) + "\n" + Array(repeating: line, count: 6).joined(separator: "\n")
        #expect(Samples.reflowed(text).hasSuffix(Array(repeating: line, count: 6).joined(separator: "\n")))
    }

    @Test("The setting decides: off never joins, on joins what auto finds too little evidence for")
    func settings() {
        let short = SourceText(Samples.wrap(String(Samples.paragraphs[0].prefix(190)), at: 72))
        #expect(Reflow.apply(short, .off).joinedOffsets.isEmpty)
        #expect(Reflow.apply(short, .auto).joinedOffsets.isEmpty)
        #expect(Reflow.apply(short, .on).joinedOffsets.count == 2)
    }
}

@Suite("Reflow leaves alone what is not prose")
struct ReflowExclusionTests {
    @Test("Blocks of other kinds are untouched inside hard-wrapped prose", arguments: Samples.blocks)
    func untouched(block: Samples.Block) {
        let prose = Samples.prose(width: 72)
        let result = Samples.reflowed(prose + "\n" + block.text + "\n\n" + prose)
        #expect(result.contains("\n\n" + block.text + "\n\n"), "\(block.name)")
        #expect(result.hasPrefix(Samples.paragraphs[0] + "\n"), "the prose around it is joined")
    }

    @Test("A document of nothing else is not hard-wrapped", arguments: Samples.blocks)
    func notDetected(block: Samples.Block) {
        let repeated = Array(repeating: block.text, count: 6).joined(separator: "\n\n")
        #expect(Reflow.apply(SourceText(repeated), .auto).joinedOffsets.isEmpty, "\(block.name)")
    }

    @Test("Front matter is untouched")
    func frontMatter() {
        let matter = "---\ntitle: A tale of some length that fills the line of its own up to the end\nand on\n---\n\n"
        #expect(Samples.reflowed(matter + Samples.prose(width: 72)).hasPrefix(matter))
    }

    @Test(
        "Neither an underlined title nor code within a line opens a code block",
        arguments: ["Title\n~~~~~", "```x``` y"]
    )
    func noFence(line: String) {
        let prose = Samples.prose(width: 72)
        #expect(Samples.reflowed(line + "\n\n" + prose) == line + "\n\n" + Samples.reflowed(prose))
    }

    @Test("Markdown's hard line breaks stay")
    func hardBreaks() {
        let wrapped = Samples.prose(width: 72)
        let hard = wrapped.replacing("\n", with: "  \n")
        #expect(Samples.reflowed(hard) == hard)
    }
}

@Suite("Reflow can be undone")
struct ReflowPropertyTests {
    @Test("Restoring gives the original back, and only line ends change, whatever the bytes", arguments: 0..<60)
    func roundTrip(seed: UInt64) {
        var generator = SplitMix64(state: seed)
        let pieces = [
            "word ", "a ", "and some ", "considerable ", "\n", "\r\n", "\n\n", "\r", "  ", "\t", "- ", "> ", "``` ",
            "---",
            "Capital ", "end.", "中文", "é", "\u{FF}", "12 ", "{", Samples.prose(width: 60), Samples.prose(width: 72),
        ]
        var bytes: [UInt8] = []
        for _ in 0..<Int.random(in: 0...120, using: &generator) {
            bytes += Array((pieces.randomElement(using: &generator) ?? "").utf8)
        }
        if seed % 3 == 0 {
            bytes = (0..<600).map { _ in UInt8.random(in: 0...255, using: &generator) }
        }
        let result = Reflow.apply(SourceText(unchecked: bytes))
        #expect(result.original == bytes)
        #expect(result.text.utf8.count == bytes.count)
        let changed = bytes.indices.filter { bytes[$0] != result.text.utf8[$0] }
        #expect(changed == result.joinedOffsets)
        #expect(changed.allSatisfy { bytes[$0] == 0x0A || bytes[$0] == 0x0D })
        #expect(changed.allSatisfy { result.text.utf8[$0] == 0x20 })
    }

    @Test("Reflowing twice changes nothing more")
    func idempotent() {
        let once = Reflow.apply(SourceText(Samples.prose(width: 72))).text
        #expect(Reflow.apply(once).joinedOffsets.isEmpty)
    }
}
