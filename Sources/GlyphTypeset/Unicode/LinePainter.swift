// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage

/// Places the glyphs of a line on a page.
struct LinePainter {
    private struct Piece {
        var run: Run
        var width: Double
    }

    private let metrics: LayoutMetrics
    private let alignment: RenderConfig.Alignment
    private var pieces: [Piece] = []

    init(metrics: LayoutMetrics, alignment: RenderConfig.Alignment) {
        self.metrics = metrics
        self.alignment = alignment
    }

    /// Places a line whose box starts at `top`, appends its glyphs and its box, and counts it when it is clipped.
    ///
    /// `LEFT` means the start edge: right-to-left paragraphs stand at the right, as their readers expect and as the
    /// official configurations, which all say `LEFT`, would want. `RIGHT` is the right edge for every paragraph. The
    /// first-line indent is at the start edge too.
    mutating func paint(
        _ line: Line,
        of filler: LineFiller,
        from shaper: WindowShaper,
        source: SourceRange,
        top: Double,
        onto page: inout PageLayout
    ) throws {
        collect(line, filler, shaper)
        let isRightToLeft = shaper.direction == .rightToLeft
        let indent = line.isFirst && !isRightToLeft ? metrics.firstLineIndent : 0
        let left = metrics.left + metrics.leftIndent + indent
        let gap = justify(line)
        let total = pieces.reduce(0) { $0 + $1.width }
        var x =
            switch alignment {
            case .center: left + (line.width - total) / 2
            case .right: left + line.width - total
            case .left, .justify: isRightToLeft && gap == 0 ? left + line.width - total : left
            }
        let box = lineBox(source: source, x: x, width: total, top: top)
        page.lines.append(box)
        if box.x < 0 || Int(box.x + box.width) > page.width || Int(box.y + box.height) > page.height {
            page.losses.clippedLines += 1
        }
        let baseline = Self.pixels(top + metrics.baseline)
        if pieces.contains(where: { $0.run.level > 0 }) {
            for i in Bidi.visualOrder(of: pieces.map(\.run.level)) {
                try paint(pieces[i].run, shaper, x, baseline, &page)
                x += pieces[i].width
            }
        } else {
            for piece in pieces {
                try paint(piece.run, shaper, x, baseline, &page)
                x += piece.width
            }
        }
    }

    /// Places a line number in the gutter, its right edge at `right`.
    func paintNumber(
        _ number: Int,
        right: Double,
        from shaper: WindowShaper,
        top: Double,
        onto page: inout PageLayout
    ) throws {
        var digits = String(number)
        let shape = try digits.withUTF8 { try shaper.cache.shape($0, style: .latin) }
        let width = try Double(shaper.cache.entries[Int(shape)].advance) * shaper.factor(of: 0)
        let run = Run(kind: .text, level: 0, font: 0, shape: shape, start: 0, end: 0, width: width)
        try paint(run, shaper, right - width, Self.pixels(top + metrics.baseline), &page, color: 1)
    }

    /// Lists the line's pieces in logical order, without the white space that hangs at its end.
    private mutating func collect(_ line: Line, _ filler: LineFiller, _ shaper: WindowShaper) {
        pieces.removeAll(keepingCapacity: true)
        var pen = 0.0
        for atom in filler.atoms[line.firstAtom..<line.endAtom] {
            for run in shaper.runs[atom.firstRun..<atom.endRun] {
                let width = run.kind == .tab ? metrics.afterTab(pen) - pen : run.width
                pieces.append(Piece(run: run, width: width))
                pen += width
            }
        }
        while let last = pieces.last, last.run.kind != .text { pieces.removeLast() }
    }

    /// Widens the spaces of a justified line, those that indent it or stand before a tab excepted.
    ///
    /// - Returns: the pixels added to each space character, or 0.
    private mutating func justify(_ line: Line) -> Double {
        guard alignment == .justify, !line.isLast else { return 0 }
        guard let firstText = pieces.firstIndex(where: { $0.run.kind == .text }) else { return 0 }
        let first = max(firstText, pieces.lastIndex { $0.run.kind == .tab } ?? 0)
        let spaces = pieces[first...].indices.filter { pieces[$0].run.kind == .space }
        let count = spaces.reduce(0) { $0 + Int(pieces[$1].run.end - pieces[$1].run.start) }
        let gap = (line.width - pieces.reduce(0) { $0 + $1.width }) / Double(max(count, 1))
        guard count > 0, gap > 0 else { return 0 }
        for i in spaces { pieces[i].width += gap * Double(pieces[i].run.end - pieces[i].run.start) }
        return gap
    }

    private func lineBox(source: SourceRange, x: Double, width: Double, top: Double) -> LineBox {
        let left = Self.pixels(x.rounded(.down))
        let y = Self.pixels(top)
        return LineBox(
            source: source,
            x: left,
            y: y,
            width: Self.pixels((x + width).rounded(.up)) - left,
            height: Self.pixels(top + metrics.lineHeight) - y
        )
    }

    private func paint(
        _ run: Run,
        _ shaper: WindowShaper,
        _ x: Double,
        _ baseline: Int32,
        _ page: inout PageLayout,
        color: UInt16 = 0
    ) throws {
        guard run.kind == .text else { return }
        let factor = try shaper.factor(of: run.font)
        let entry = shaper.cache.entries[Int(run.shape)]
        for glyph in shaper.cache.glyphs[Int(entry.firstGlyph)..<Int(entry.endGlyph)] {
            let quarterX = Self.pixels(((x + Double(glyph.x) * factor) * 4).rounded(.down))
            page.glyphs.append(
                PlacedGlyph(
                    glyph: glyph.glyph,
                    font: run.font,
                    color: color,
                    quarterX: quarterX,
                    y: glyph.y == 0 ? baseline : baseline - rise(Double(glyph.y) * factor)
                )
            )
        }
    }

    /// A mark's height above the baseline, kept within one line: a tower of marks would cross out the lines above.
    private func rise(_ pixels: Double) -> Int32 {
        Self.pixels(min(max(pixels, -metrics.lineHeight), metrics.lineHeight))
    }

    /// Rounds to a whole number, within bounds that no page reaches.
    private static func pixels(_ value: Double) -> Int32 {
        Int32(min(max(value.rounded(), -1e8), 1e8))
    }
}
