// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import CFreeType

/// A glyph's advance and ink box in font units, y upwards.
struct GlyphExtent {
    var advance: Int
    var left: Int
    var width: Int
    var top: Int
    var height: Int
}

extension FontFace {
    /// The unhinted extent of a glyph; zero for one that cannot be loaded.
    func extent(ofGlyph glyph: UInt32) -> GlyphExtent {
        guard FT_Load_Glyph(handle, glyph, FT_Int32(FT_LOAD_NO_SCALE)) == 0 else {
            return GlyphExtent(advance: 0, left: 0, width: 0, top: 0, height: 0)
        }
        let metrics = handle.pointee.glyph.pointee.metrics
        return GlyphExtent(
            advance: Int(metrics.horiAdvance),
            left: Int(metrics.horiBearingX),
            width: Int(metrics.width),
            top: Int(metrics.horiBearingY),
            height: Int(metrics.height)
        )
    }
}

/// How large glyphs are drawn so that each stays inside its cell.
struct CellFit {
    /// One glyph's size and place in its cell.
    struct Placement {
        var pixelsPerEm: Double
        /// Quarter pixels from the cell's left edge to the pen.
        var quarterOffset: Int
        /// Pixels from the cell's top edge to the baseline.
        var baseline: Int
    }

    let cellWidth: Int
    let cellHeight: Int
    /// Pixels per em of the main font.
    let pixelsPerEm: Double
    /// The baseline of every glyph of the main font, in pixels from the cell's top edge.
    let baseline: Int

    /// Sizes the main font.
    ///
    /// Its advance becomes exactly the cell's width (DejaVu Sans Mono: 11.63 px for 7 px cells), unless ascent and
    /// descent would then leave the cell; a proportional font is sized by its widest ASCII character.
    init(cellWidth: Int, cellHeight: Int, mainFont face: FontFace) {
        let unitsPerEm = Double(face.unitsPerEm)
        let advance = (0x21...0x7E).map { face.advance(ofGlyph: face.glyph(for: $0)) }.max() ?? 0
        let extent = face.verticalExtent
        let height = extent.ascent > extent.descent ? Double(extent.ascent - extent.descent) : unitsPerEm
        let fittingHeight = Double(cellHeight) * unitsPerEm / height
        let fittingWidth = advance > 0 ? Double(cellWidth) * unitsPerEm / Double(advance) : fittingHeight
        pixelsPerEm = min(fittingWidth, fittingHeight)
        let pixelsPerUnit = pixelsPerEm / unitsPerEm
        let room = Double(cellHeight) - height * pixelsPerUnit
        baseline = Int((room / 2 + Double(extent.ascent) * pixelsPerUnit).rounded())
        (self.cellWidth, self.cellHeight) = (cellWidth, cellHeight)
    }

    /// Places a glyph that fills one or two cells of its own, centred in them.
    ///
    /// Characters of one cell are drawn at the main font's size and characters of two with the em square as large as
    /// the cell allows, on the line that centres it (the ideographic em box reaches from 0.12 em below the baseline
    /// to 0.88 above). A glyph that is too wide or too tall for that shrinks by eighths: few sizes, so that a page
    /// needs few font instances. Only glyphs from other fonts leave the common baseline, when they would leave the
    /// cell on it.
    func place(_ glyph: GlyphExtent, of face: FontFace, columns: Int, isMainFont: Bool) -> Placement {
        let unitsPerEm = Double(face.unitsPerEm)
        let width = Double(columns * cellWidth)
        let fullSize = columns == 1 ? pixelsPerEm : min(width, Double(cellHeight))
        let slack = 0.01  // pixels of rounding in the advance
        let eighths = (1...8).last { eighth in
            let pixelsPerUnit = fullSize * Double(eighth) / 8 / unitsPerEm
            let isTall = !isMainFont && Double(glyph.height) * pixelsPerUnit > Double(cellHeight) + slack
            return Double(glyph.advance) * pixelsPerUnit <= width + slack && !isTall
        }
        let size = fullSize * Double(eighths ?? 1) / 8
        let pixelsPerUnit = size / unitsPerEm
        let offset = (width - Double(glyph.advance) * pixelsPerUnit) * 2  // half the room, in quarter pixels
        var line = columns == 1 ? baseline : Int((Double(cellHeight) / 2 + 0.38 * size).rounded())
        if !isMainFont {
            let above = Int((Double(glyph.top) * pixelsPerUnit).rounded())
            let below = Int((Double(glyph.height - glyph.top) * pixelsPerUnit).rounded())
            line = max(min(line, cellHeight - below), above)
        }
        return Placement(pixelsPerEm: size, quarterOffset: Int(offset.rounded()), baseline: line)
    }

    /// Places a mark that is drawn over another glyph: its ink is centred on the middle of that glyph's cells.
    ///
    /// Centring the ink works for both conventions in use, marks with an advance and marks that reach back over a
    /// pen already moved.
    func placeOverlay(_ glyph: GlyphExtent, of face: FontFace) -> Placement {
        let pixelsPerUnit = pixelsPerEm / Double(face.unitsPerEm)
        let middle = (Double(glyph.left) + Double(glyph.width) / 2) * pixelsPerUnit
        return Placement(
            pixelsPerEm: pixelsPerEm,
            quarterOffset: Int((-middle * 4).rounded()),
            baseline: baseline
        )
    }
}
