// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

/// Tables, whose cells collect blocks until it is known how they are set.
extension HTMLText {
    /// Starts a table or a part of one.
    mutating func startTablePart(_ element: String, _ reader: MarkupReader) {
        switch element {
        case "table":
            flush()
            let role = reader.attribute("role")
            tables.append(HTMLTable(isPresentation: role == "presentation" || role == "none"))
        case "td", "th":
            guard !tables.isEmpty else { return paragraph.space() }
            if element == "th" { holdsData() }
            startCell(reader)
        case "tr":
            guard !tables.isEmpty else { return paragraph.space() }
            endRow()
            tables[tables.count - 1].startRow(line: reader.line)
        default:
            endRow()
            if element == "thead" { holdsData() }
            if !tables.isEmpty { tables[tables.count - 1].startGroup() }
        }
    }

    /// Ends a table or a part of one.
    mutating func endTablePart(_ element: String) {
        switch element {
        case "table":
            endRow()
            guard var table = tables.popLast() else { return }
            set(table.takeRows(blanks: &blanks))
        case "td", "th": endCell()
        default: endRow()
        }
    }

    /// Notes that the table that is open is one of data, by its headings or its caption.
    mutating func holdsData() {
        if !tables.isEmpty { tables[tables.count - 1].isMarked = true }
    }

    private mutating func startCell(_ reader: MarkupReader) {
        endCell()
        flush()
        tables[tables.count - 1].startCell(
            columns: CellGrid.span(reader.attribute("colspan")),
            rows: CellGrid.span(reader.attribute("rowspan")),
            in: context,
            line: reader.line
        )
        context = Context()
        paragraph.keepsSpace = false
        line = reader.line
    }

    private mutating func endCell() {
        guard tables.last?.isInCell == true else { return }
        flush()
        context = tables[tables.count - 1].endCell()
        paragraph.keepsSpace = context.preformatted > 0
    }

    private mutating func endRow() {
        endCell()
        flush()
        guard let last = tables.indices.last else { return }
        tables[last].endRow()
        if tables[last].isFull { set(tables[last].takeRows(blanks: &blanks)) }
    }

    private mutating func set(_ blocks: [HTMLBlock]) {
        for block in blocks { place(block) }
    }
}
