// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage
import Testing

@testable import GlyphTypeset

@Suite("Grid layout")
struct GridLayouterTests {
    @Test("Source lines run on in one row with a mark between them, broken at the last column")
    func packing() throws {
        let harness = try GridHarness(columns: 20, rows: 2)
        let page = try #require(harness.pages("first\nsecond\n\nthird and last").first)
        #expect(try harness.rows(of: page) == ["first¶second¶¶third", "and last"])
    }

    @Test("Without a mark every source line starts a row, and empty lines are empty rows")
    func lineBreaks() throws {
        var harness = try GridHarness(columns: 20, rows: 6)
        harness.config.newlineMark = ""
        let page = try #require(harness.pages("one\n\ntwo\nthree is longer than the row\n").first)
        #expect(try harness.rows(of: page) == ["one", "", "two", "three is longer than", " the row"])
    }

    @Test("A line that fills its row exactly is not followed by an empty row")
    func fullRow() throws {
        var harness = try GridHarness(columns: 20, rows: 2)
        harness.config.newlineMark = ""
        let pages = try harness.pages("01234567890123456789\nab")
        #expect(pages.count == 1)
        #expect(pages[0].lines.map(\.source) == [SourceRange(0, 21), SourceRange(21, 23)])
    }

    @Test("CR LF is one line end, and so is a lone CR")
    func carriageReturns() throws {
        let harness = try GridHarness()
        let page = try #require(harness.pages("a\r\nb\rc").first)
        #expect(try harness.rows(of: page) == ["a¶b¶c"])
    }

    @Test("A tab is an arrow where lines run on and reaches to the next stop where they do not")
    func tabs() throws {
        var harness = try GridHarness()
        #expect(try harness.rows(of: harness.pages("a\tb")[0]) == ["a→b"])
        harness.config.newlineMark = ""
        #expect(try harness.rows(of: harness.pages("a\tb\n\tc\n1234\t5")[0]) == ["a   b", "    c"])
    }

    @Test("Every pen position is a whole number of cells from the margin and every row has one baseline")
    func alignment() throws {
        var harness = try GridHarness(columns: 24, rows: 4)
        (harness.config.marginX, harness.config.marginY) = (14, 14)
        let page = try #require(harness.pages("The quick brown fox jumps over the lazy dog.").first)
        for glyph in page.glyphs {
            let (x, y) = (Int(glyph.quarterX) - 14 * 4, Int(glyph.y) - 14 - 11)
            #expect(x % 28 == 0 && y % 14 == 0)
        }
    }

    @Test("The last page keeps only its used rows, rounded up to a visual token, unless cropping is off")
    func lastPage() throws {
        var harness = try GridHarness(columns: 20, rows: 60)
        #expect(try harness.pages("short").map(\.height) == [28])
        #expect(try harness.pages(String(repeating: "x", count: 45)).map(\.height) == [56])
        #expect(try harness.pages(String(repeating: "x", count: 20 * 60 + 1)).map(\.height) == [840, 28])
        harness.config.autoCropLastPage = false
        #expect(try harness.pages("short").map(\.height) == [840])
    }

    @Test("A row that goes on with a line is indented, also behind a page's end, and a new line is not")
    func hangingIndent() throws {
        var harness = try GridHarness(columns: 20, rows: 2)
        (harness.config.newlineMark, harness.config.hangingIndent) = ("", 4)
        let pages = try harness.pages("1   " + String(repeating: "x", count: 40) + "\n2   y\n")
        let rows = try pages.map(harness.rows)
        #expect(
            rows == [
                ["1   " + String(repeating: "x", count: 16), "    " + String(repeating: "x", count: 16)],
                ["    " + String(repeating: "x", count: 8), "2   y"],
            ]
        )
        // What is too wide beside the indent, here a name in brackets, gets a row of its own.
        harness.config.hangingIndent = 15
        let wide = try harness.rows(
            of: #require(try harness.pages(String(repeating: "x", count: 20) + "\u{10FFFD}").first)
        )
        #expect(wide == [String(repeating: "x", count: 20), "[U+10FFFD]"])
        // Rows do not begin with lines where a mark ends them.
        (harness.config.newlineMark, harness.config.hangingIndent) = ("¶", 4)
        #expect(try harness.rows(of: harness.pages(String(repeating: "x", count: 25))[0]).last == "xxxxx")
    }

    @Test("Where spaces collapse, a run of spaces and tabs is one cell, also at the edges of rows and pages")
    func collapsedSpaces() throws {
        var harness = try GridHarness(columns: 20, rows: 2)
        harness.config.collapseSpaces = true
        let spaced = try harness.pages("Fee:\t \t EUR   4,250   \n   due \u{A0}\u{3000} on    the first   day")
        let plain = try harness.pages("Fee: EUR 4,250 \n due on the first day")
        #expect(spaced.map(\.glyphs) == plain.map(\.glyphs))
        #expect(spaced.map(\.lines.count) == plain.map(\.lines.count))
        // A row, and so a page, ends behind the run, however long: the next one does not begin with a part of it.
        let edge = try harness.pages(String(repeating: "x", count: 19) + "     y")
        #expect(edge[0].lines.map(\.source) == [SourceRange(0, 24), SourceRange(24, 25)])
    }

    @Test("An empty text has one page without lines")
    func empty() throws {
        let pages = try GridHarness().pages("")
        #expect(pages.count == 1)
        #expect(pages[0].lines.isEmpty && pages[0].glyphs.isEmpty)
        #expect(pages[0].source == SourceRange(0, 0))
    }

    @Test("Pages partition the text and rows partition their page, whatever bytes come", arguments: 0..<40)
    func partition(seed: UInt64) throws {
        var generator = SplitMix64(state: seed)
        var harness = try GridHarness(columns: 20, rows: 2)
        if seed % 2 == 1 { harness.config.newlineMark = "" }
        harness.config.lineNumbers = seed % 4 > 1
        if harness.config.lineNumbers { harness.config.pageWidth += 28 }
        harness.config.collapseSpaces = seed % 8 > 3
        let alphabet = Array("ab \n\r\t中é\u{301}\u{200D}\u{1F600}\u{7}".unicodeScalars)
        let text = SourceText(
            String(String.UnicodeScalarView((0..<400).map { _ in alphabet.randomElement(using: &generator) ?? "a" }))
        )
        let pages = try harness.pages(text)
        var next = 0
        for (index, page) in pages.enumerated() {
            #expect(page.number == index + 1)
            #expect(page.source.lowerBound == next)
            for line in page.lines {
                #expect(line.source.lowerBound == next && line.source.count > 0)
                next = line.source.upperBound
                let (right, bottom) = (Int(line.x + line.width), Int(line.y + line.height))
                #expect(right <= page.width && bottom <= page.height)
            }
            #expect(page.source.upperBound == next)
        }
        #expect(next == text.utf8.count)
    }

    @Test("The same text gives the same pages whether pulled at once or with another layout in between")
    func deterministic() throws {
        let harness = try GridHarness()
        let text = String(repeating: "Some words, more words. ", count: 20)
        let whole = try harness.pages(text)
        var (first, second) = (try harness.layouter(text), try harness.layouter(text))
        for page in whole {
            #expect(try first.nextPage()?.glyphs == page.glyphs)
            #expect(try second.nextPage()?.glyphs == page.glyphs)
        }
        #expect(try first.nextPage() == nil)
    }
}

@Suite("Grid layout: limits and numbers")
struct GridLimitTests {
    /// Four bytes a token, as English prose roughly has.
    private func quarter(_ bytes: UnsafeBufferPointer<UInt8>) -> Int { (bytes.count + 3) / 4 }

    @Test("A page ends at the row before it would hold more tokens than allowed")
    func tokenLimit() throws {
        var harness = try GridHarness(columns: 20, rows: 10)
        harness.config.pageTextTokens = 17
        let pages = try harness.pages(String(repeating: "x", count: 200), tokenCounter: quarter)
        #expect(pages.map(\.source.count) == [60, 60, 60, 20])
        #expect(pages[0].glyphs.count == 60)
    }

    @Test("A limit smaller than one row still makes progress, one row a page")
    func tinyTokenLimit() throws {
        var harness = try GridHarness(columns: 20, rows: 10)
        harness.config.pageTextTokens = 1
        let pages = try harness.pages(String(repeating: "x", count: 50), tokenCounter: quarter)
        #expect(pages.map(\.source.count) == [20, 20, 10])
    }

    @Test("Losses of rows that a token limit cuts off are counted on the next page only")
    func lossesAfterCut() throws {
        var harness = try GridHarness(columns: 20, rows: 4)
        harness.config.pageTextTokens = 5
        let pages = try harness.pages(String(repeating: "x", count: 20) + "\u{1}", tokenCounter: quarter)
        #expect(pages.map(\.losses.missingCount) == [0, 1])
    }

    @Test("A token limit without a tokenizer is refused")
    func noCounter() throws {
        var harness = try GridHarness()
        harness.config.pageTextTokens = 100
        #expect(throws: InputError.self) { try harness.layouter("text") }
    }

    @Test("Line numbers stand in the gutter, in another colour, at rows that begin in a new source line")
    func lineNumbers() throws {
        var harness = try GridHarness(columns: 20, rows: 6)
        harness.config.lineNumbers = true
        harness.config.newlineMark = ""
        let text = "one\ntwo is longer than a row\n" + String(repeating: "x\n", count: 8)
        let pages = try harness.pages(text)
        #expect(
            try harness.rows(of: pages[0]) == [" 1 one", " 2 two is longer tha", "   n a row", " 3 x", " 4 x", " 5 x"]
        )
        #expect(try harness.rows(of: pages[1]) == [" 6 x", " 7 x", " 8 x", " 9 x", "10 x"])
        #expect(pages[0].palette.count == 2)
        #expect(pages[0].glyphs.filter { $0.color == 1 }.count == 5)
    }

    @Test("Where lines run on, a row is numbered after the line it begins in")
    func packedLineNumbers() throws {
        var harness = try GridHarness(columns: 20, rows: 4)
        harness.config.lineNumbers = true
        let page = try #require(harness.pages("a\nb\n0123456789abcdefgh\nzz").first)
        #expect(try harness.rows(of: page) == ["1 a¶b¶0123456789abcd", "3 efgh¶zz"])
    }

    @Test("A newline mark that no font can draw is refused")
    func badMark() throws {
        var harness = try GridHarness()
        harness.config.newlineMark = "\u{7}"
        #expect(throws: InputError.self) { try harness.layouter("text") }
    }
}
