// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage

/// A paragraph's background and border, as poppler's Splash paints the rectangle that reportlab writes.
struct OfficialBox {
    /// What is painted, in order.
    private(set) var rectangles: [FilledRectangle] = []

    /// - Parameters:
    ///   - config: colours, indents and padding.
    ///   - originX: the paragraph's left edge in pixels.
    ///   - originY: its lower edge in pixels from the top of the page.
    ///   - width: the width of the paragraph in points, indents included.
    ///   - height: the height of its lines in points; a paragraph without any has a box, too.
    init(_ config: RenderConfig, originX: Double, originY: Double, width: Double, height: Double) {
        let scale = config.dpi / 72
        let padding = config.borderPadding
        let start = PDFNumber.written(config.leftIndent - padding)
        let bottom = PDFNumber.written(-padding)
        let boxWidth = PDFNumber.written(width - (config.leftIndent + config.rightIndent) + padding + padding)
        let boxHeight = PDFNumber.written(height + padding + padding)
        func horizontal(_ x: Double) -> Double { x * scale + originX }
        func vertical(_ y: Double) -> Double { y * -scale + originY }
        // Indents that overlap make a box of negative width, which is drawn mirrored.
        let left = min(start, start + boxWidth)
        let right = max(start, start + boxWidth)
        let top = bottom + boxHeight
        let half = 0.5 * PDFNumber.written(config.borderWidth)
        let color = config.paragraphBorder
        if boxHeight == 0 {
            let columns = (horizontal(left), horizontal(right))
            fillFlat(columns, at: vertical(bottom), config.paragraphBackground)
            guard half > 0 else { return }
            let rows = Self.snapped(vertical(bottom + half), vertical(bottom - half))
            strokeFlat(columns, rows, around: vertical(bottom), color)
            return
        }
        fill(
            Self.snapped(horizontal(left), horizontal(right)),
            Self.snapped(vertical(top), vertical(bottom)),
            config.paragraphBackground
        )
        guard half > 0 else { return }
        let leftBar = Self.snapped(horizontal(left - half), horizontal(left + half))
        let rightBar = Self.snapped(horizontal(right - half), horizontal(right + half))
        let topBar = Self.snapped(vertical(top + half), vertical(top - half))
        let bottomBar = Self.snapped(vertical(bottom + half), vertical(bottom - half))
        for bar in [leftBar, rightBar] { fill(bar, topBar.lowerBound..<bottomBar.upperBound, color) }
        for bar in [topBar, bottomBar] { fill(leftBar.lowerBound..<rightBar.upperBound, bar, color) }
    }

    /// An edge pair in whole pixels, at least one apart (Splash's stroke adjustment).
    private static func snapped(_ low: Double, _ high: Double) -> Range<Int> {
        let first = Int((low + 0.5).rounded(.down))
        return first..<max(Int((high + 0.5).rounded(.down)), first + 1)
    }

    private mutating func fill(_ x: Range<Int>, _ y: Range<Int>, _ color: Color, coverage: UInt8 = 255) {
        rectangles.append(
            FilledRectangle(
                minX: x.lowerBound,
                minY: y.lowerBound,
                maxX: x.upperBound,
                maxY: y.upperBound,
                color: color,
                coverage: coverage
            )
        )
    }

    // MARK: - Without height

    // Of a rectangle without height two corners are one, so that Splash does not see a rectangle whose edges it should
    // adjust: it is painted as far as it touches quarters of pixels.

    /// The background: one quarter of a row.
    private mutating func fillFlat(_ columns: (Double, Double), at y: Double, _ color: Color) {
        let row = Int(y.rounded(.down))
        fillQuarters(columns, row..<row + 1, quarterRows: 1, color)
    }

    /// The border: one line whose rows are whole, but for one that Splash adjusts twice.
    private mutating func strokeFlat(
        _ columns: (Double, Double),
        _ rows: Range<Int>,
        around y: Double,
        _ color: Color
    ) {
        // Splash takes an edge within 0.01 of the line for the line itself, and moves it to the middle of the row.
        let isAdjustedTwice = abs(Double(rows.lowerBound) - y) <= 0.01
        fillQuarters(columns, rows, quarterRows: isAdjustedTwice ? 3 : 4, color)
    }

    /// Rows that are covered by some of their quarters, from the quarter of a pixel at the left to that at the right.
    private mutating func fillQuarters(
        _ columns: (left: Double, right: Double),
        _ rows: Range<Int>,
        quarterRows: Int,
        _ color: Color
    ) {
        let first = Int((columns.left * 4).rounded(.down))
        let last = Int((columns.right * 4).rounded(.down))
        let (firstColumn, lastColumn) = (first >> 2, last >> 2)
        func paint(_ columns: Range<Int>, quarters: Int) {
            fill(columns, rows, color, coverage: Self.opacity(ofSixteenths: quarters * quarterRows))
        }
        guard firstColumn < lastColumn else {
            return paint(firstColumn..<firstColumn + 1, quarters: last - first + 1)
        }
        paint(firstColumn..<firstColumn + 1, quarters: 4 - first & 3)
        if firstColumn + 1 < lastColumn { paint(firstColumn + 1..<lastColumn, quarters: 4) }
        paint(lastColumn..<lastColumn + 1, quarters: last & 3 + 1)
    }

    /// The opacity of a pixel of which some sixteenths are covered (Splash's gamma of 1.5).
    private static func opacity(ofSixteenths count: Int) -> UInt8 {
        let share = Double(count) / 16
        return UInt8((share * share.squareRoot() * 255 + 0.5).rounded(.down))
    }
}
