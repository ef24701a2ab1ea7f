// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage

/// A grid page while it fills: cells go in from left to right and top to bottom.
struct GridPage {
    /// A finished row, and what the page held when it ended, so that a page can be cut back to it.
    struct Row {
        var source: SourceRange
        var columns: Int
        var glyphCount: Int
        var losses: Losses
        /// The source line that the next row starts in.
        var nextLine: Int
    }

    /// The indexes of `PageLayout.palette`.
    static let textColor: UInt16 = 0
    static let numberColor: UInt16 = 1

    /// Marks drawn over one cell; more would only blacken it, so they count as dropped.
    static let marksPerCell = 3

    let geometry: GridGeometry
    private(set) var rows: [Row] = []
    private(set) var glyphs: [PlacedGlyph] = []
    private(set) var losses = Losses()
    /// The source line, from 1, of the next character.
    var line: Int
    private(set) var column = 0
    /// Whether the last cell of the row, so far, is a space.
    private(set) var endsInSpace = false

    /// The cells of 0 to 9 for line numbers; empty without them.
    private let digits: [Cell]
    /// Cells that stay empty in a row that goes on with a source line.
    private let hangingIndent: Int
    private var rowStart: Int
    private var rowLine: Int
    private var numberedLine = 0
    /// The cells last filled, which a mark goes over: their middle in quarter pixels, and the marks there so far.
    private var base: (quarterX: Int, marks: Int)?

    /// An empty page.
    ///
    /// - Parameters:
    ///   - geometry: Where its cells are.
    ///   - digits: The cells of 0 to 9 for line numbers; empty without them.
    ///   - hangingIndent: Cells that stay empty in a row that goes on with a source line.
    ///   - offset: The byte that it begins with.
    ///   - line: The source line of that, from 1.
    ///   - goesOn: Whether that line began on the page before.
    init(
        geometry: GridGeometry,
        digits: [Cell],
        hangingIndent: Int,
        at offset: Int,
        line: Int,
        goesOn: Bool
    ) {
        (self.geometry, self.digits, self.hangingIndent) = (geometry, digits, hangingIndent)
        (self.line, rowLine, rowStart) = (line, line, offset)
        column = goesOn ? hangingIndent : 0
        glyphs.reserveCapacity(geometry.columns * geometry.rows)
    }

    var isFull: Bool { rows.count == geometry.rows }

    /// The byte after the last one shown.
    var end: Int { rowStart }

    /// Makes sure that the current row has `columns` free cells, starting a new row when it has not.
    ///
    /// The item that needs the cells starts at `offset` in the source. The result is false when the page has no row
    /// left.
    mutating func makeRoom(_ columns: Int, at offset: Int) -> Bool {
        if column + columns <= geometry.columns { return true }
        endRow(at: offset)
        // What is too wide beside the indent gets the whole row.
        column = hangingIndent + columns <= geometry.columns ? hangingIndent : 0
        return !isFull
    }

    /// Fills the next cells; the caller has made room.
    mutating func put(_ cell: Cell) {
        let left = geometry.x(ofColumn: column) * 4
        column += Int(cell.columns)
        base = (left + Int(cell.columns) * geometry.cellWidth * 2, 0)
        endsInSpace = cell.kind == .blank
        if cell.kind == .glyph { draw(cell, quarterX: left, color: Self.textColor) }
    }

    /// Leaves cells empty.
    mutating func skip(_ columns: Int) {
        column += columns
        base = nil
    }

    /// Ends the reach of marks: the next one stands in a cell of its own.
    mutating func forgetBase() { base = nil }

    /// Draws a mark over the last cell.
    ///
    /// - Returns: false when there is no cell to draw it over.
    mutating func overlay(_ cell: Cell) -> Bool {
        guard let base else { return false }
        endsInSpace = false
        if base.marks < Self.marksPerCell {
            draw(cell, quarterX: base.quarterX, color: Self.textColor)
            self.base?.marks += 1
        } else {
            losses.dropped += 1
        }
        return true
    }

    /// Draws a mark in a cell of its own; the caller has made room.
    mutating func putAlone(_ mark: Cell) {
        put(Cell(kind: .blank, columns: 1))
        _ = overlay(mark)
    }

    mutating func countDropped() { losses.dropped += 1 }

    mutating func countMissing(_ scalar: Unicode.Scalar) { losses.missing[scalar, default: 0] += 1 }

    /// Closes the current row, if it shows anything, before the byte at `offset`.
    mutating func endRow(at offset: Int) {
        guard offset > rowStart else { return }
        if !digits.isEmpty { drawLineNumber() }
        rows.append(
            Row(
                source: SourceRange(rowStart, offset),
                columns: column,
                glyphCount: glyphs.count,
                losses: losses,
                nextLine: line
            )
        )
        (rowStart, rowLine, column, endsInSpace) = (offset, line, 0, false)
    }

    /// Drops the rows from `count` on.
    mutating func keepRows(_ count: Int) {
        guard count < rows.count, let last = rows.prefix(count).last else { return }
        rows.removeLast(rows.count - count)
        glyphs.removeLast(glyphs.count - last.glyphCount)
        (losses, line, rowStart) = (last.losses, last.nextLine, last.source.upperBound)
    }

    /// Numbers a row whose first character is in another source line than that of the row above, at the right edge
    /// of the gutter.
    private mutating func drawLineNumber() {
        guard rowLine != numberedLine else { return }
        numberedLine = rowLine
        var (number, place) = (rowLine, -2)
        while number > 0 {
            draw(digits[number % 10], quarterX: geometry.x(ofColumn: place) * 4, color: Self.numberColor)
            (number, place) = (number / 10, place - 1)
        }
    }

    private mutating func draw(_ cell: Cell, quarterX: Int, color: UInt16) {
        glyphs.append(
            PlacedGlyph(
                glyph: cell.glyph,
                font: cell.font,
                color: color,
                quarterX: Int32(quarterX + Int(cell.quarterOffset)),
                y: Int32(geometry.y(ofRow: rows.count) + Int(cell.baseline))
            )
        )
    }
}
