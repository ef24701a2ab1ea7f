// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage
import Testing

@testable import GlyphTypeset

@Suite struct UnicodeGeometryTests {
    private func firstPage(_ text: String, _ config: RenderConfig) throws -> PageLayout {
        try #require(try pages(text, config).first)
    }

    @Test("The frame is the page without its margins and the text is centred in its line")
    func frame() throws {
        let config = try smallConfig()
        let page = try firstPage("xx", config)
        #expect(page.lines.first.map { [$0.x, $0.y, $0.height] } == [10, 10, 10])
        // DejaVu Sans: ascent 0.928 em, descent 0.236 em; (10 + 0.692 × 9) / 2 = 8.1.
        #expect(page.glyphs.map(\.y) == [18, 18])
        #expect(page.glyphs.first?.quarterX == 40)
    }

    @Test("Pixels follow the resolution")
    func resolution() throws {
        var config = try smallConfig()
        config.dpi = 144
        let page = try firstPage("xx", config)
        #expect(page.width == 600 && page.height == 400)
        #expect(page.lines.first.map { [$0.x, $0.y, $0.height] } == [20, 20, 20])
        #expect(page.fonts.first?.pixelsPerEm == 18)
    }

    @Test("A page holds the lines that fit and the rest follow")
    func pagination() throws {
        let all = try pages(String(repeating: "line\n", count: 40), smallConfig())
        #expect(all.map(\.lines.count) == [18, 18, 4])
        #expect(all.map(\.number) == [1, 2, 3])
    }

    @Test("Tabs reach multiples of the tab width")
    func tabStops() throws {
        var config = try smallConfig()
        config.font = try FontLibrary.dejaVuSansMono()
        config.tabWidth = 4
        for (text, column) in [("\tx", 4), ("a\tx", 4), ("abc\tx", 4), ("abcd\tx", 8), ("  \t\tx", 8), ("a b\tx", 4)] {
            let x = try #require(try firstPage(text, config).glyphs.last?.quarterX)
            let spaces = try #require(
                try firstPage(String(repeating: " ", count: column) + "x", config).glyphs.last?.quarterX
            )
            #expect(x == spaces, "\(text.debugDescription)")
        }
    }

    @Test("Rows that go on with a line are indented by widths of a space, and half of a narrow page is left")
    func hangingIndent() throws {
        var config = try smallConfig()
        config.font = try FontLibrary.dejaVuSansMono()
        let text = String(repeating: "some words ", count: 12) + "\nnext"
        let plain = try firstPage(text, config)
        config.hangingIndent = 6
        let page = try firstPage(text, config)
        #expect(page.lines.map { $0.x - plain.lines[0].x } == [0, 32, 32, 0])
        #expect(page.losses.isEmpty && page.lines.allSatisfy { $0.x + $0.width <= 290 })
        config.hangingIndent = 100
        #expect(try firstPage(text, config).lines.map(\.x).max() == 150)
    }

    @Test("Alignment moves a line, and justification fills all lines but the last")
    func alignment() throws {
        var config = try smallConfig()
        let text = String(repeating: "some words ", count: 12)
        config.alignment = .right
        #expect(try firstPage("word", config).lines.first.map { abs(Int($0.x + $0.width) - 290) <= 1 } == true)
        config.alignment = .center
        #expect(
            try firstPage("word", config).lines.first.map { abs(Int(2 * $0.x + $0.width) - 300) <= 2 } == true
        )
        config.alignment = .justify
        let boxes = try firstPage(text, config).lines
        #expect(boxes.count > 1)
        #expect(boxes.dropLast().allSatisfy { $0.x == 10 && abs(Int($0.x + $0.width) - 290) <= 1 })
        #expect(boxes.last.map { $0.x + $0.width < 280 } == true)
    }

    @Test("Indents and the space around paragraphs are kept, but not at the top of a page")
    func indents() throws {
        var config = try smallConfig()
        (config.firstLineIndent, config.leftIndent, config.spaceBefore, config.spaceAfter) = (20, 5, 6, 4)
        let boxes = try firstPage(String(repeating: "some words ", count: 8) + "\nnext", config).lines
        #expect(boxes.map(\.x) == [35, 15, 35])
        #expect(boxes.map(\.y) == [10, 20, 36])
    }

    @Test("Leading spaces are kept")
    func leadingSpaces() throws {
        let config = try smallConfig()
        let indented = try #require(try firstPage("    x", config).glyphs.first?.quarterX)
        let advance = try #require(try ShapingFont(config.font).advance(of: 0x20))
        #expect(indented == Int32(((10 + 4 * 9 * advance) * 4).rounded(.down)))
    }

    @Test("Line numbers stand right-aligned at the first visual line of each source line")
    func lineNumbers() throws {
        var config = try smallConfig()
        config.lineNumbers = true
        let page = try firstPage(String(repeating: "some words ", count: 8) + "\nb\n" + "c\n\ne\nf\ng\nh\ni\nj", config)
        #expect(page.palette == [.black, Color(red: 127, green: 127, blue: 127)])
        let digits = page.glyphs.filter { $0.color == 1 }
        #expect(digits.count == 11, "1 to 9 and 10")
        #expect(Set(digits.map(\.y)).count == 10)
        #expect(page.lines.count == 11)
        #expect(digits.allSatisfy { Int($0.quarterX) / 4 < Int(page.lines[0].x) })
    }

    @Test("A page ends before it holds more text tokens than allowed")
    func tokens() throws {
        var config = try smallConfig()
        config.pageTextTokens = 10
        let all = try pages(String(repeating: "abc\n", count: 9), config) { $0.count }
        #expect(all.map(\.lines.count) == [2, 2, 2, 2, 1])
        #expect(try pages("longer than ten\nx", config) { $0.count }.map(\.lines.count) == [1, 1])
    }

    @Test("A limit of text tokens without a tokenizer is refused")
    func noCounter() throws {
        var config = try smallConfig()
        config.pageTextTokens = 100
        let error = #expect(throws: InputError.self) { try pages("text", config) }
        #expect(error?.location == "page-text-tokens")
    }

    @Test("Cropping is asked for as the official renderer does it")
    func crop() throws {
        var config = try smallConfig()
        (config.autoCropWidth, config.autoCropLastPage, config.marginX, config.marginY) = (true, true, 12.4, 7)
        let all = try pages(String(repeating: "line\n", count: 20), config)
        #expect(all.map(\.crop) == [Crop(rightMargin: 12.4), Crop(rightMargin: 12.4, bottomMargin: 7)])
        config.marginY = 0
        let edge = try pages("line", config).map(\.crop.bottomMargin)
        #expect(edge == [1], "the last row with ink stays")
    }
}
