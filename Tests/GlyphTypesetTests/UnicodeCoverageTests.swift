// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage
import Testing

@testable import GlyphTypeset

@Suite struct UnicodeCoverageTests {
    @Test("Every byte of a hostile text belongs to exactly one line", arguments: 0..<40)
    func partition(seed: Int) throws {
        var generator = SplitMix64(state: UInt64(seed))
        let text = hostileText(3000, using: &generator)
        var config = try smallConfig()
        config.pageWidth = [40, 120, 300, 900][seed % 4]
        config.alignment = RenderConfig.Alignment.allCases[seed / 4 % 4]
        config.lineNumbers = seed % 3 == 0 && config.pageWidth > 100
        expectPartition(try pages(text, config), of: text.utf8.count)
    }

    @Test("Bytes that were text once are laid out whatever they are", arguments: 0..<10)
    func randomBytes(seed: Int) throws {
        var generator = SplitMix64(state: UInt64(seed) + 100)
        let bytes = (0..<4000).map { _ in UInt8.random(in: 0...255, using: &generator) }
        let text = String(decoding: bytes, as: UTF8.self)
        expectPartition(try pages(text, smallConfig()), of: text.utf8.count)
    }

    @Test("An empty text is one page without lines")
    func empty() throws {
        let all = try pages("", smallConfig())
        #expect(all.count == 1)
        #expect(all.first?.lines.isEmpty == true)
        #expect(all.first?.source == SourceRange(0, 0))
    }

    @Test("Every kind of line end makes a line of its own, empty ones included")
    func lineEnds() throws {
        let text = "a\n\nb\r\nc\rd\u{85}e\u{2028}f\u{2029}g\u{0C}h"
        #expect(
            try lines(text, smallConfig())
                == ["a\n", "\n", "b\r\n", "c\r", "d\u{85}", "e\u{2028}", "f\u{2029}", "g\u{0C}", "h"]
        )
    }

    @Test("A character without a glyph is written as its name or number and counted")
    func missing() throws {
        let config = try smallConfig()
        let page = try #require(try pages("a\u{1F680}b \u{0E01} \u{FFFF}", config).first)
        #expect(page.losses.missing == ["\u{1F680}": 1, "\u{0E01}": 1, "\u{FFFF}": 1])
        let named = try #require(try pages("a[rocket]b [U+0E01] [U+FFFF]", config).first)
        #expect(page.glyphs == named.glyphs)
    }

    @Test("Controls are shown and invisible characters are neither drawn nor lost")
    func controls() throws {
        let config = try smallConfig()
        let page = try #require(try pages("a\0b", config).first)
        let named = try #require(try pages("a[U+0000]b", config).first)
        #expect(page.glyphs == named.glyphs)
        let invisible = try #require(try pages("a\u{200D}b\u{FEFF}c\u{2060}d\u{FE0F}", config).first)
        #expect(invisible.glyphs.map(\.glyph) == (try pages("abcd", config).first?.glyphs.map(\.glyph)))
        #expect(invisible.losses.isEmpty)
    }

    @Test("A line that leaves the page is counted")
    func clipped() throws {
        var config = try smallConfig()
        config.leftIndent = -40
        let page = try #require(try pages("beyond the edge", config).first)
        #expect(page.losses.clippedLines == 1)
    }
}
