// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

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
            size { $0.kind == .row } > mostNested
                || blocks.contains { $0.kind == .code && $0.text.contains("\n") }
        }

        /// Whether it holds more than one would write into a field.
        var isRich: Bool {
            blocks.count > 1
                || blocks.contains { $0.kind == .heading || $0.kind == .row || $0.text.contains("\n\n") }
        }

        /// Whether it holds more than people write into a table of data.
        var isLong: Bool {
            isRich && (size { _ in true } > mostRich || blocks.contains { $0.kind == .heading })
        }

        /// How many bytes of text some of the blocks have.
        private func size(where isCounted: (HTMLBlock) -> Bool) -> Int {
            blocks.reduce(0) { $0 + (isCounted($1) ? $1.text.utf8.count : 0) }
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
    /// How many bytes of tables in a cell a line may hold.
    private static let mostNested = 256
    /// How many bytes of several blocks a cell may have in a table that nothing marks as one of data.
    private static let mostRich = 500

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
    /// Whether blocks in a cell become one field, once the first rows have shown it.
    private var joinsBlocks: Bool?
    /// Whether the last block that was set is a row of this table.
    private var endsWithRow = false

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
        joinsBlocks = joinsBlocks ?? holdsFields
        for row in rows { blocks += set(row, &blanks) }
        (rows, held) = ([], 0)
        return blocks
    }

    private mutating func set(_ row: Row, _ blanks: inout Int) -> [HTMLBlock] {
        if isLaidOut(row) {
            let blocks = row.cells.flatMap(\.blocks)
            if !blocks.isEmpty { endsWithRow = false }
            return blocks
        }
        let texts = row.cells.map { HTMLBlock.field($0.blocks) }
        guard texts.contains(where: { !$0.isEmpty }) else { return [] }
        defer { endsWithRow = true }
        return [.row(spread(texts, of: row, &blanks), isFirst: !endsWithRow, line: row.line)]
    }

    /// Whether most of the rows that are held, or the first, are such that one would write into a table of data.
    private var holdsFields: Bool {
        let plain = rows.filter { !$0.cells.contains(where: \.isRich) }
        return plain.count > rows.count / 2 || rows.first?.cells.contains(where: \.isRich) == false
    }

    /// Whether a row's cells are set one below the other.
    private func isLaidOut(_ row: Row) -> Bool {
        if isPresentation || width <= 1 || row.cells.contains(where: \.needsLines) { return true }
        if isMarked && rowCount > 1 { return false }
        return row.cells.contains { joinsBlocks == true ? $0.isLong : $0.isRich }
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
