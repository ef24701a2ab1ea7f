// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage

import GlyphPage

/// A piece of a page that stands on lines of its own, with its mark.
struct HTMLBlock {
    enum Kind {
        case paragraph, heading, item, row, code
    }

    var text: String
    var kind: Kind
    /// The line in the page, from 1.
    var line: Int?

    /// How it stands to the block before it.
    var spacing: TextBuilder.Spacing {
        switch kind {
        case .item: .item
        case .row: .row
        default: .apart
        }
    }

    /// The text in one line, as a field of a row.
    var field: String {
        let plain = kind == .heading ? text.drop { $0 == "#" } : text[...]
        return plain.split(separator: "\n").map(\.trimmed).joined(separator: " ").replacing("|", with: "\\|")
    }
}

/// A table that is being read: what only places things on a page is set block by block, the rest as rows.
///
/// Its text is held until the table ends, or fills `mostHeld`: how many columns it has is known no sooner.
struct HTMLTable {
    private struct Cell {
        var blocks: [HTMLBlock] = []
        var columns: Int
        var rows: Int

        /// Whether a line cannot hold what is in it.
        var needsLines: Bool {
            blocks.contains { $0.kind == .row || $0.kind == .code && $0.text.contains("\n") }
        }

        /// Whether it holds more than one would write into a field.
        var isRich: Bool {
            blocks.count > 1 || blocks.contains { $0.kind == .heading || $0.text.contains("\n\n") }
        }
    }

    private struct Row {
        var cells: [Cell]
        /// The column of each cell, from 0.
        var columns: [Int]
        /// How many columns it reaches over.
        var end: Int
        var line: Int?
    }

    /// From how many bytes of text on rows are set without waiting for the table's end.
    private static let mostHeld = 1 << 20

    /// Whether headings or a caption say that it holds data.
    var isMarked = false
    private let isPresentation: Bool
    /// What surrounds the table while a cell is open.
    private var surroundings = HTMLText.Context()
    private var cell: Cell?
    private var cells: [Cell] = []
    private var line: Int?
    private var rows: [Row] = []
    /// All rows with a cell, also those that are set already.
    private var rowCount = 0
    private var grid = CellGrid()
    /// How many columns have a cell that begins there.
    private var width = 0
    private var held = 0

    init(isPresentation: Bool) { self.isPresentation = isPresentation }

    /// Whether a cell is open.
    var isInCell: Bool { cell != nil }
    /// Whether it holds all the text that it should.
    var isFull: Bool { held > Self.mostHeld }

    /// Starts a group of rows, into which no cell above reaches.
    mutating func startGroup() { grid = CellGrid() }

    mutating func startRow(line: Int?) { self.line = line }

    mutating func startCell(columns: Int, rows: Int, in context: HTMLText.Context, line: Int?) {
        if cells.isEmpty, self.line == nil { self.line = line }
        surroundings = context
        cell = Cell(columns: columns, rows: rows)
    }

    /// Adds to the cell that is open.
    mutating func add(_ block: HTMLBlock) {
        held += block.text.utf8.count
        cell?.blocks.append(block)
    }

    /// Ends the cell that is open.
    ///
    /// - Returns: what surrounds the table.
    mutating func endCell() -> HTMLText.Context {
        if let cell { cells.append(cell) }
        cell = nil
        return surroundings
    }

    /// Ends the row, if one is open.
    mutating func endRow() {
        defer { (cells, line) = ([], nil) }
        guard !cells.isEmpty else { return }
        let place = grid.place(cells.map { ($0.columns, $0.rows) })
        width = max(width, (place.columns.last ?? 0) + 1)
        rowCount += 1
        rows.append(Row(cells: cells, columns: place.columns, end: place.end, line: line))
    }

    /// The rows that have ended, as they are set; they are held no longer.
    ///
    /// - Parameter blanks: how many empty cells may still be added for merged ones.
    /// - Returns: blocks in order.
    mutating func takeRows(blanks: inout Int) -> [HTMLBlock] {
        var blocks: [HTMLBlock] = []
        for row in rows { blocks += set(row, &blanks) }
        (rows, held) = ([], 0)
        return blocks
    }

    private func set(_ row: Row, _ blanks: inout Int) -> [HTMLBlock] {
        if isLaidOut(row) { return row.cells.flatMap(\.blocks) }
        let texts = row.cells.map { $0.blocks.map(\.field).joined(separator: " ") }
        guard texts.contains(where: { !$0.isEmpty }) else { return [] }
        let fields = spread(texts, of: row, &blanks)
        return [HTMLBlock(text: "| " + fields.joined(separator: " | ") + " |", kind: .row, line: row.line)]
    }

    /// Whether a row's cells are set one below the other.
    private func isLaidOut(_ row: Row) -> Bool {
        if isPresentation || width <= 1 || row.cells.contains(where: \.needsLines) { return true }
        let holdsData = isMarked && rowCount > 1
        return !holdsData && row.cells.contains(where: \.isRich)
    }

    /// A row's texts in their columns, with nothing where merged cells reach.
    private func spread(_ texts: [String], of row: Row, _ blanks: inout Int) -> [String] {
        let end = max((row.columns.last ?? 0) + 1, min(row.end, width))
        guard end - texts.count <= blanks else { return texts }
        blanks -= end - texts.count
        var fields = [String](repeating: "", count: end)
        for (column, text) in zip(row.columns, texts) { fields[column] = text }
        return fields
    }
}
