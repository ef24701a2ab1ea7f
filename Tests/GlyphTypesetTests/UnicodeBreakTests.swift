// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage
import Testing

@testable import GlyphTypeset

@Suite struct UnicodeBreakTests {
    @Test("The short rules for ASCII break where ICU breaks", .enabled(if: hasICU72, "other versions, other rules"))
    func matchesICU() throws {
        let icu = try BreakIterator(.lines)
        var generator = SplitMix64(state: 7)
        var differences: [String] = []
        for _ in 0..<300_000 where differences.count < 10 {
            // Letters, digits and spaces are common in real text, so give the marks between them context.
            let bytes: [UInt8] = (0..<Int.random(in: 1...12, using: &generator)).map { _ in
                switch Int.random(in: 0..<8, using: &generator) {
                case 0: 0x20
                case 1: UInt8.random(in: 0x61...0x63, using: &generator)
                case 2: UInt8.random(in: 0x30...0x32, using: &generator)
                default: UInt8.random(in: 0x20...0x7E, using: &generator)
                }
            }
            var expected: Set<Int> = []
            icu.forEachBoundary(in: bytes.map(UInt16.init)) { expected.insert($0) }
            expected.remove(bytes.count)
            var found: Set<Int> = []
            bytes.withUnsafeBufferPointer { text in
                ASCIIBreaks.forEachOpportunity(in: text) { found.insert($0) }
            }
            // White space never starts a line.
            expected = expected.filter { bytes[$0] != 0x20 }
            if found != expected {
                let text = String(decoding: bytes, as: UTF8.self)
                differences.append("'\(text)': \(found.sorted()) instead of \(expected.sorted())")
            }
        }
        #expect(differences.isEmpty)
    }

    @Test("A line may break after a tab and never before one")
    func tabs() {
        var found: [Int] = []
        Array("ab\t\"c \t d".utf8).withUnsafeBufferPointer { text in
            ASCIIBreaks.forEachOpportunity(in: text) { found.append($0) }
        }
        #expect(found == [3, 8])
    }

    @Test("Text breaks after spaces and hyphens, and white space hangs")
    func prose() throws {
        var config = try smallConfig()
        config.pageWidth = 120
        let found = try lines("A well-known state-of-the-art solution.   Next", config)
        #expect(found == ["A well-known state-of-", "the-art solution.   ", "Next"])
    }

    /// The pieces between the break opportunities of a text.
    private func pieces(_ text: String) throws -> [String] {
        let bytes = Array(text.utf8)
        let chain = try FontChain(main: FontLibrary.dejaVuSans(), fallback: [])
        let analyzer = try TextAnalyzer(chain: chain)
        var analysis = TextAnalysis()
        try bytes.withUnsafeBufferPointer { try analyzer.analyze($0, direction: nil, into: &analysis) }
        let starts = analysis.marks.indices.filter { analysis.marks[$0].contains(.opportunity) }
        let ends = starts.dropFirst() + [analysis.scalars.count]
        return zip(starts, ends).map { start, end in
            String(String.UnicodeScalarView(analysis.scalars[start..<end].compactMap(Unicode.Scalar.init)))
        }
    }

    @Test("Thai breaks between words of the dictionary, Chinese between ideographs but not before a full stop")
    func scripts() throws {
        #expect(try pieces("ภาษาไทยง่าย") == ["ภาษา", "ไทย", "ง่าย"])
        #expect(try pieces("文字（是）。") == ["文", "字", "（是）。"])
    }

    @Test("A line does not end at a soft hyphen, which would need a hyphen that is not in the text")
    func softHyphen() throws {
        #expect(try pieces("extra\u{AD}ordinary day") == ["extra\u{AD}ordinary ", "day"])
    }

    @Test("A grapheme cluster is never divided between lines")
    func clusters() throws {
        var config = try smallConfig()
        config.pageWidth = 60
        var generator = SplitMix64(state: 11)
        for _ in 0..<30 {
            let text = hostileText(400, using: &generator)
            var starts: Set<Int> = []
            var offset = 0
            for character in text {
                starts.insert(offset)
                offset += character.utf8.count
            }
            // CR LF apart, ICU and Swift may disagree about the newest scripts; the pieces above are old.
            let cut = try pages(text, config).flatMap(\.lines).filter { !starts.contains($0.source.lowerBound) }
            #expect(cut.isEmpty, "\(cut.map(\.source)) in \(text.debugDescription)")
        }
    }
}
