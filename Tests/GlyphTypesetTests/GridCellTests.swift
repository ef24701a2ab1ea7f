// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Foundation
import GlyphPage
import Testing

@testable import GlyphTypeset

@Suite("Cells of the grid")
struct GridCellTests {
    @Test("Two-cell characters are those Python's unicodedata calls W or F, over all of Unicode")
    func wideScalars() throws {
        let url = try #require(Bundle.module.url(forResource: "Fixtures/wide-scalars", withExtension: "txt"))
        var fields: [Substring: Substring] = [:]
        for line in try String(contentsOf: url, encoding: .utf8).split(separator: "\n") {
            let parts = line.split(separator: " ")
            fields[parts[0]] = parts[1]
        }
        let isWide = (UInt32(0)..<0x110000).map { UInt8(WideScalars.contains($0) ? 1 : 0) }
        #expect(fields["count"] == "\(isWide.count { $0 == 1 })")
        #expect(fields["sha256"] == Digest.sha256(isWide)[...])
    }

    @Test("A wide character takes two cells and moves to the next row rather than be cut")
    func wideCharacters() throws {
        let harness = try GridHarness(columns: 20, rows: 2)
        let page = try #require(harness.pages(String(repeating: "x", count: 19) + "\u{2615}y").first)
        #expect(page.lines.map(\.source) == [SourceRange(0, 19), SourceRange(19, 23)])
        let y = try #require(page.glyphs.last)
        #expect(y.quarterX == 2 * 7 * 4)
    }

    @Test("Chinese fills two cells of 7×14 px with a 14 px em square", .enabled(if: (try? FontLibrary.cjk()) != nil))
    func chinese() throws {
        var harness = try GridHarness()
        harness.config.fontFallback = [try FontLibrary.cjk()]
        let page = try #require(harness.pages("天地a").first)
        #expect(page.glyphs.map(\.quarterX) == [0, 14 * 4, 28 * 4])
        #expect(page.fonts[Int(page.glyphs[0].font)].pixelsPerEm == 14)
        #expect(page.lines[0].width == 5 * 7)
        #expect(page.losses.isEmpty)
    }

    @Test("Combining marks go over the cell before, three at most; more are counted as dropped")
    func combiningMarks() throws {
        let harness = try GridHarness()
        let page = try #require(harness.pages("ae\u{301}z").first)
        #expect(page.glyphs.count == 4)
        #expect(page.lines[0].width == 3 * 7)
        let (base, mark) = (page.glyphs[1], page.glyphs[2])
        #expect(abs(base.quarterX - mark.quarterX) <= 7 * 4)
        #expect(page.losses.isEmpty)

        let stacked = try #require(harness.pages("e" + String(repeating: "\u{301}", count: 5)).first)
        #expect(stacked.glyphs.count == 4)
        #expect(stacked.losses.dropped == 2)
    }

    @Test("A mark with nothing before it gets a cell of its own")
    func loneMark() throws {
        let page = try #require(try GridHarness().pages("\u{301}a").first)
        #expect(page.lines[0].width == 2 * 7)
    }

    @Test("Characters without ink take no cell and are counted as dropped")
    func invisible() throws {
        let harness = try GridHarness()
        let page = try #require(harness.pages("a\u{200D}b\u{FE0F}c\u{AD}d").first)
        #expect(try harness.rows(of: page) == ["abcd"])
        #expect(page.losses.dropped == 3)
    }

    @Test("Control characters and characters no font has are spelled and counted")
    func spelled() throws {
        let harness = try GridHarness(columns: 40)
        let page = try #require(harness.pages("a\u{7}b\u{10FFFF}c\u{E000}").first)
        #expect(try harness.rows(of: page) == ["a[U+0007]b[U+10FFFF]c[U+E000]"])
        #expect(page.losses.missing == ["\u{7}": 1, "\u{10FFFF}": 1, "\u{E000}": 1])
    }

    @Test("A spelling is not torn by the end of a row")
    func spellingStaysWhole() throws {
        let harness = try GridHarness(columns: 20, rows: 4)
        let page = try #require(harness.pages("0123456789abcdef\u{1}x").first)
        #expect(try harness.rows(of: page) == ["0123456789abcdef", "[U+0001]x"])
    }

    @Test("All kinds of space leave a cell empty and draw nothing")
    func spaces() throws {
        let page = try #require(try GridHarness().pages("a \u{A0}\u{3000}b").first)
        #expect(page.glyphs.count == 2)
        #expect(page.lines[0].width == 6 * 7)
        #expect(page.losses.isEmpty)
    }

    @Test("A glyph from another font shrinks to its cells and stays on the page")
    func fallbackFits() throws {
        let harness = try GridHarness()
        let face = try FontFace(FontLibrary.dejaVuSans())
        let fit = CellFit(cellWidth: 7, cellHeight: 14, mainFont: try FontFace(harness.config.font))
        for code in [0x2603, 0x2160, 0x3A9, 0x1D400] as [UInt32] {
            let extent = face.extent(ofGlyph: face.glyph(for: code))
            let placement = fit.place(extent, of: face, columns: 1, isMainFont: false)
            let advance = Double(extent.advance) * placement.pixelsPerEm / Double(face.unitsPerEm)
            #expect(advance <= 7.02)
            #expect((0...14).contains(placement.baseline))
        }
    }
}
