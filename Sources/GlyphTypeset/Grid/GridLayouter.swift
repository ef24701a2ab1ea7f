// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

public import GlyphPage

/// Lays text out in monospaced cells on the reader's patch grid: the densest pages that stay easy to read.
///
/// With the preset's 7×14 px cells every 14 px patch holds exactly two characters and every visual token eight. A
/// small reader learns such pages many times faster than proportional ones, and nothing is wasted on them:
///
/// - Source lines run on in one row with a visible mark (`newlineMark`) between them, and a row breaks wherever its
///   last cell is. With an empty mark every source line starts a row of its own.
/// - With `collapseSpaces` a run of spaces and tabs is one empty cell.
/// - A tab is otherwise one `→` where lines run on, since columns mean nothing there, and else reaches to the next multiple
///   of `tabWidth`.
/// - Wide characters (UAX #11 W and F) take two cells; combining marks go over the cell before, at most three.
/// - Control characters and characters no font has are spelled, `[U+XXXX]`, and counted in `Losses.missing`; joiners,
///   variation selectors and other characters without ink are left out and counted in `Losses.dropped`.
///
/// `\n`, `\r\n` and a lone `\r` each end a line. Characters stand in logical order and are not shaped: Arabic, Hebrew
/// and the scripts of India are legible letter by letter only, and belong to the unicode layout. Of the settings, those
/// for alignment, indents, spacing, borders, font size, line height and horizontal scale have no meaning here.
///
/// Each `LineBox` is a row. The rows of a page partition its source range, and the pages the whole text.
public struct GridLayouter: PageLayouter {
    public let geometry: GridGeometry

    private let text: SourceText
    private let config: RenderConfig
    private let tokenCounter: Typesetter.TokenCounter?
    private var cells: CellTable
    private let marks: GridMarks
    private var position = 0
    private var line = 1
    private var pageNumber = 0
    private var isFinished = false

    /// Prepares a layout; no page is made yet.
    ///
    /// - Parameters:
    ///   - text: what to lay out, reflowed already if it should be.
    ///   - config: page, margins, cell, font, colours and marks.
    ///   - tokenCounter: required when the configuration limits the text tokens of a page.
    /// - Throws: `InputError` when the font cannot be opened, too few cells fit the page, no font has the newline mark
    ///   or a token counter is lacking.
    public init(text: SourceText, config: RenderConfig, tokenCounter: Typesetter.TokenCounter? = nil) throws {
        try Typesetter.check(tokenCounter, for: config)
        let lineCount = config.lineNumbers ? text.utf8.withUnsafeBufferPointer(LineEnds.lineCount) : nil
        geometry = try GridGeometry(config, lineCount: lineCount)
        cells = try CellTable(config)
        marks = try GridMarks(config, &cells)
        (self.text, self.config, self.tokenCounter) = (text, config, tokenCounter)
    }

    public mutating func nextPage() throws -> PageLayout? {
        guard !isFinished else { return nil }
        let text = self.text
        let goesOn = position > 0 && !LineEnds.isEnd(text.utf8[position - 1])
        var page = GridPage(
            geometry: geometry,
            digits: marks.digits,
            hangingIndent: marks.newline.isEmpty ? config.hangingIndent : 0,
            at: position,
            line: line,
            goesOn: goesOn
        )
        try text.utf8.withUnsafeBufferPointer { bytes in
            try fill(&page, from: bytes)
            if let limit = config.pageTextTokens, let tokenCounter {
                let start = position
                page.keepRows(
                    Self.longestPrefix(of: page.rows, within: limit) { row in
                        tokenCounter(UnsafeBufferPointer(rebasing: bytes[start..<row.source.upperBound]))
                    }
                )
            }
        }
        let source = SourceRange(position, page.end)
        (position, line) = (page.end, page.line)
        isFinished = position == text.utf8.count
        pageNumber += 1
        return layout(of: page, source: source)
    }

    /// The number of rows, at least one, whose tokens from the page's start on stay within the limit.
    ///
    /// Tokens of growing prefixes do not decrease (but for a few at a cut word), so a binary search finds the row.
    private static func longestPrefix(
        of rows: [GridPage.Row],
        within limit: Int,
        tokens: (GridPage.Row) -> Int
    ) -> Int {
        guard let last = rows.last, tokens(last) > limit else { return rows.count }
        var (low, high) = (1, max(1, rows.count - 1))
        while low < high {
            let middle = (low + high + 1) / 2
            if tokens(rows[middle - 1]) <= limit { low = middle } else { high = middle - 1 }
        }
        return low
    }

    private func layout(of page: GridPage, source: SourceRange) -> PageLayout {
        let isCut = isFinished && config.autoCropLastPage
        var layout = PageLayout(
            number: pageNumber,
            width: geometry.pageWidth,
            height: isCut ? geometry.height(ofRows: page.rows.count) : geometry.pageHeight,
            background: config.pageBackground,
            palette: config.lineNumbers
                ? [config.fontColor, config.fontColor.mixed(with: config.pageBackground)] : [config.fontColor],
            fonts: cells.fonts,
            source: source
        )
        layout.glyphs = page.glyphs
        layout.losses = page.losses
        layout.lines = page.rows.enumerated().map { index, row in
            LineBox(
                source: row.source,
                x: Int32(geometry.x(ofColumn: 0)),
                y: Int32(geometry.y(ofRow: index)),
                width: Int32(row.columns * geometry.cellWidth),
                height: Int32(geometry.cellHeight)
            )
        }
        return layout
    }
}

extension GridLayouter {
    /// Places characters from `position` on until the page is full or the text ends.
    private mutating func fill(_ page: inout GridPage, from bytes: UnsafeBufferPointer<UInt8>) throws {
        var offset = position
        while offset < bytes.count, !page.isFull {
            let (code, length) = UTF8Sequence.scalar(in: bytes, at: offset)
            let scalar = Unicode.Scalar(code) ?? "\u{FFFD}"
            switch scalar {
            case "\n", "\r":
                let isPair = scalar == "\r" && offset + 1 < bytes.count && bytes[offset + 1] == 0x0A
                guard endLine(&page, at: offset, length: isPair ? 2 : 1) else { return }
                offset += isPair ? 2 : 1
                continue
            case "\t":
                guard placeTab(&page, at: offset) else { return }
            default:
                guard try place(scalar, on: &page, at: offset) else { return }
            }
            offset += length
        }
        page.endRow(at: offset)
    }

    /// Shows the end of a source line; false when the page has no room for the mark.
    private func endLine(_ page: inout GridPage, at offset: Int, length: Int) -> Bool {
        if marks.newline.isEmpty {
            page.line += 1
            page.forgetBase()
            page.endRow(at: offset + length)
            return true
        }
        guard page.makeRoom(marks.newlineColumns, at: offset) else { return false }
        for cell in marks.newline { page.put(cell) }
        page.forgetBase()
        page.line += 1
        return true
    }

    private func placeTab(_ page: inout GridPage, at offset: Int) -> Bool {
        if config.collapseSpaces { return placeSpace(&page, at: offset) }
        guard page.makeRoom(1, at: offset) else { return false }
        if marks.newline.isEmpty {
            let toStop = config.tabWidth - page.column % config.tabWidth
            page.skip(min(toStop, geometry.columns - page.column))
        } else {
            page.put(marks.tab)
        }
        return true
    }

    /// Shows the first space of a run.
    private func placeSpace(_ page: inout GridPage, at offset: Int) -> Bool {
        if page.endsInSpace { return true }
        guard page.makeRoom(1, at: offset) else { return false }
        page.put(Cell(kind: .blank, columns: 1))
        return true
    }

    private mutating func place(_ scalar: Unicode.Scalar, on page: inout GridPage, at offset: Int) throws -> Bool {
        let cell = try cells.cell(for: scalar)
        switch cell.kind {
        case .blank where config.collapseSpaces:
            return placeSpace(&page, at: offset)
        case .glyph, .blank:
            guard page.makeRoom(Int(cell.columns), at: offset) else { return false }
            page.put(cell)
        case .overlay:
            if page.overlay(cell) { return true }
            guard page.makeRoom(1, at: offset) else { return false }
            page.putAlone(cell)
        case .invisible:
            page.countDropped()
        case .missing, .unknown:
            let spelling = try GridMarks.spelling(of: scalar).map { try cells.cell(for: $0) }
            guard page.makeRoom(spelling.reduce(0) { $0 + Int($1.columns) }, at: offset) else { return false }
            for cell in spelling { page.put(cell) }
            page.countMissing(scalar)
        }
        return true
    }
}
