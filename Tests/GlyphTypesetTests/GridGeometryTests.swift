// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage
import Testing

@testable import GlyphTypeset

@Suite("Grid geometry")
struct GridGeometryTests {
    @Test("Page sizes round up to whole visual tokens and margins round to patches")
    func snapping() throws {
        var config = try Preset.dense.configuration()
        (config.pageWidth, config.pageHeight, config.marginX, config.marginY) = (595, 842, 10, 20)
        let geometry = try GridGeometry(config, lineCount: nil)
        #expect((geometry.pageWidth, geometry.pageHeight) == (616, 868))
        #expect((geometry.marginX, geometry.marginY) == (14, 14))
        #expect((geometry.columns, geometry.rows) == (84, 60))
    }

    @Test("The dense preset holds 84×60 characters in 21×30 visual tokens, eight to a token")
    func densePreset() throws {
        let geometry = try GridGeometry(Preset.dense.configuration(), lineCount: nil)
        #expect((geometry.columns, geometry.rows) == (84, 60))
        #expect(geometry.columns * geometry.rows == 8 * 21 * 30)
    }

    @Test("DejaVu Sans Mono fills 7 px cells exactly at 11.63 px per em")
    func fontSize() throws {
        let face = try FontFace(FontLibrary.dejaVuSansMono())
        let fit = CellFit(cellWidth: 7, cellHeight: 14, mainFont: face)
        #expect(abs(fit.pixelsPerEm - 11.6269) < 0.001)
        let advance = Double(face.advance(ofGlyph: face.glyph(for: 0x41)))
        #expect(abs(advance * fit.pixelsPerEm / Double(face.unitsPerEm) - 7) < 1e-9)
        #expect(fit.baseline == 11)
    }

    @Test("A low cell caps the font size so that ascent and descent stay inside")
    func lowCell() throws {
        let face = try FontFace(FontLibrary.dejaVuSansMono())
        let fit = CellFit(cellWidth: 7, cellHeight: 9, mainFont: face)
        let extent = face.verticalExtent
        let height = Double(extent.ascent - extent.descent) * fit.pixelsPerEm / Double(face.unitsPerEm)
        #expect(abs(height - 9) < 1e-9)
        let letter = face.extent(ofGlyph: face.glyph(for: 0x41))
        let placement = fit.place(letter, of: face, columns: 1, isMainFont: true)
        #expect(placement.quarterOffset > 0, "the narrower glyph is centred in its cell")
    }

    @Test("No glyph of ASCII leaves its cell by more than antialiasing, whatever the cell", arguments: [7, 9, 14, 20])
    func asciiStaysInside(cellHeight: Int) throws {
        let face = try FontFace(FontLibrary.dejaVuSansMono())
        let fit = CellFit(cellWidth: 7, cellHeight: cellHeight, mainFont: face)
        for code in UInt32(0x21)...0x7E {
            let extent = face.extent(ofGlyph: face.glyph(for: code))
            let placement = fit.place(extent, of: face, columns: 1, isMainFont: true)
            let pixels = placement.pixelsPerEm / Double(face.unitsPerEm)
            let above = Double(extent.top) * pixels
            let below = Double(extent.height - extent.top) * pixels
            #expect(above < Double(placement.baseline + 1))
            #expect(below < Double(cellHeight - placement.baseline + 1))
        }
    }

    @Test("A page with room for too few cells is refused with the count")
    func tooSmall() throws {
        var config = try Preset.dense.configuration()
        config.pageWidth = 84
        #expect {
            try GridGeometry(config, lineCount: nil)
        } throws: {
            "\($0)".contains("12 columns") && "\($0)".contains("at least 16")
        }
    }
}
