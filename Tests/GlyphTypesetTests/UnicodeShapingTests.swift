// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage
import Testing

@testable import GlyphTypeset

@Suite struct UnicodeShapingTests {
    private func firstPage(_ text: String) throws -> PageLayout {
        try #require(try pages(text, smallConfig()).first)
    }

    @Test(
        "Plain ASCII is set the same by the short way and by the Unicode algorithms",
        .enabled(if: hasICU72, "other versions, other rules"),
        arguments: 0..<20
    )
    func shortWay(seed: Int) throws {
        var generator = SplitMix64(state: UInt64(seed))
        let text = String(
            decoding: (0..<3000).map { _ -> UInt8 in
                switch Int.random(in: 0..<40, using: &generator) {
                case 0: 0x0A
                case 1: 0x09
                case 2...8: 0x20
                case 9...30: UInt8.random(in: 0x61...0x7A, using: &generator)
                default: UInt8.random(in: 0x20...0x7E, using: &generator)
                }
            },
            as: UTF8.self
        )
        var config = try smallConfig()
        config.pageWidth = seed % 2 == 0 ? 300 : 60
        config.alignment = seed % 3 == 0 ? .justify : .left
        try expectEqual(pages(text, config), pages(text, config, options: LayoutOptions(takesShortWay: false)))
    }

    @Test("Remembered shapes are the shapes", arguments: 0..<10)
    func cached(seed: Int) throws {
        var generator = SplitMix64(state: UInt64(seed) + 50)
        let text = hostileText(3000, using: &generator)
        let config = try smallConfig()
        try expectEqual(pages(text, config), pages(text, config, options: LayoutOptions(remembersShapes: false)))
    }

    @Test("Letters are kerned and form ligatures")
    func kerning() throws {
        let kerned = try firstPage("AV").glyphs
        let apart = try firstPage("A\u{200B}V").glyphs
        #expect(kerned.count == 2 && apart.count == 2)
        #expect(kerned[1].quarterX < apart[1].quarterX)
        #expect(try firstPage("ffi").glyphs.count == 1)
    }

    @Test("Arabic letters join")
    func joining() throws {
        let joined = try firstPage("ببب").glyphs.map(\.glyph)
        let isolated = try firstPage("ب").glyphs.map(\.glyph)
        #expect(Set(joined).count >= 3, "initial, medial and final forms")
        #expect(isolated.first.map { !joined.contains($0) } == true)
    }

    @Test("An Arabic word cut in two ends each piece in a final form")
    func joiningAtCuts() throws {
        var config = try smallConfig()
        config.pageWidth = 80
        let page = try #require(try pages(String(repeating: "ب", count: 30), config).first)
        let final = try #require(try firstPage("بب").glyphs.min { $0.quarterX < $1.quarterX }?.glyph)
        #expect(page.lines.count > 1)
        #expect(page.glyphs.filter { $0.glyph == final }.count == page.lines.count)
    }

    @Test("A mixed line is reordered, numbers left to right")
    func bidi() throws {
        let page = try firstPage("ab אב 12")
        let font = try FontFace(page.fonts[0].file)
        // The Hebrew word and the number change places, and the Hebrew letters run from right to left.
        let expected = "ab12בא".unicodeScalars.map { font.glyph(for: $0.value) }
        #expect(page.glyphs.sorted { $0.quarterX < $1.quarterX }.map(\.glyph) == expected)
    }

    @Test("A right-to-left paragraph stands at the right and mirrors brackets")
    func rightToLeft() throws {
        let page = try firstPage("(א")
        let box = try #require(page.lines.first)
        #expect(abs(Int(box.x + box.width) - 290) <= 1)
        let font = try FontFace(page.fonts[0].file)
        let glyphs = page.glyphs.sorted { $0.quarterX < $1.quarterX }.map(\.glyph)
        #expect(glyphs == [font.glyph(for: 0x5D0), font.glyph(for: 0x29)])
    }

    @Test("A name inside a right-to-left word keeps its place")
    func nameInsideWord() throws {
        let page = try firstPage("a ב\u{0671}ג")
        let font = try FontFace(page.fonts[0].file)
        let glyphs = page.glyphs.sorted { $0.quarterX < $1.quarterX }.map(\.glyph)
        let expected = "aג[U+0671]ב".unicodeScalars.map { font.glyph(for: $0.value) }
        #expect(glyphs == expected)
        #expect(page.losses.missing == ["\u{0671}": 1])
    }

    @Test("A mark without a base stands on a dotted circle")
    func loneMark() throws {
        let page = try firstPage("\u{301}")
        let circle = try FontFace(page.fonts[0].file).glyph(for: 0x25CC)
        #expect(page.glyphs.contains { $0.glyph == circle })
    }

    @Test("A variation selector draws nothing", arguments: ["\u{FE0F}", "a\u{FE0F}", "🌶\u{FE0F} a"])
    func selectors(text: String) throws {
        let page = try firstPage(text)
        let circle = try FontFace(page.fonts[0].file).glyph(for: 0x25CC)
        #expect(!page.glyphs.contains { $0.glyph == circle })
        let plain = try pages(text.replacing("\u{FE0F}", with: ""), try smallConfig()).flatMap(\.glyphs)
        #expect(page.glyphs.map(\.glyph) == plain.map(\.glyph))
    }

    @Test("A base and its mark come from one font of the chain")
    func fallback() throws {
        var config = try smallConfig()
        config.font = try FontLibrary.dejaVuSansMono()
        config.fontFallback = [try FontLibrary.dejaVuSans()]
        let page = try #require(try pages("a ש\u{05BC} b", config).first)
        #expect(page.losses.isEmpty)
        #expect(Set(page.glyphs.map(\.font)) == [0, 1])
        #expect(Set(page.glyphs.map(\.y)).count <= 2, "one baseline")
    }
}

/// Expects the same pages, glyph by glyph.
func expectEqual(
    _ a: [PageLayout],
    _ b: [PageLayout],
    sourceLocation: SourceLocation = #_sourceLocation
) {
    #expect(a.count == b.count, sourceLocation: sourceLocation)
    for (first, second) in zip(a, b) {
        #expect(first.lines == second.lines, sourceLocation: sourceLocation)
        #expect(first.glyphs == second.glyphs, sourceLocation: sourceLocation)
        #expect(first.losses == second.losses, sourceLocation: sourceLocation)
    }
}
