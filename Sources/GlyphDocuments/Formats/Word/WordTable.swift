// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

/// A table that is being read, row by row.
struct WordTable {
    /// Word has no row of more columns; damaged numbers must not fill the memory.
    private static let mostColumns = 63

    /// The rows of a table that lies in another one's cell.
    private var rows: [String] = []
    private var cells: [String] = []
    /// The paragraphs of the cell that is open.
    private var cell: [String] = []
    /// How many columns the cell takes.
    private var span = 1
    /// How many columns the row leaves out at its end.
    private var after = 0
    private var isContinued = false

    /// Adds a paragraph to the cell that is open.
    mutating func add(_ paragraph: String) { cell.append(paragraph) }

    /// Takes over a property of a row or a cell; says whether it is one.
    mutating func set(_ property: String, _ reader: WordReader) -> Bool {
        switch property {
        case "gridSpan": span = max(1, columns(reader))
        case "gridBefore": cells += Array(repeating: "", count: columns(reader))
        case "gridAfter": after = columns(reader)
        // A cell that continues the one above or before says nothing of its own.
        case "vMerge", "hMerge": isContinued = isContinued || reader.attribute("val") != "restart"
        default: return false
        }
        return true
    }

    /// Ends a cell, and leaves empty those that it spreads over, so that columns stay in line.
    mutating func endCell() {
        let content = isContinued ? "" : cell.joined(separator: " ").replacing("\n", with: " ")
        cells += [content] + Array(repeating: "", count: span - 1)
        (cell, span, isContinued) = ([], 1, false)
    }

    /// Ends a row, and gives its cells unless all are empty.
    mutating func endRow() -> [String]? {
        defer { (cells, after) = ([], 0) }
        guard cells.contains(where: { !$0.isEmpty }) else { return nil }
        return cells + Array(repeating: "", count: after)
    }

    /// Keeps a row for the cell that the table lies in.
    mutating func keep(_ row: [String]) { rows.append(row.joined(separator: " / ")) }

    /// What a table that lies in another one's cell says there.
    var nested: String { rows.joined(separator: "; ") }

    private func columns(_ reader: WordReader) -> Int {
        min(max(0, reader.attribute("val").flatMap { Int($0) } ?? 0), Self.mostColumns)
    }
}
