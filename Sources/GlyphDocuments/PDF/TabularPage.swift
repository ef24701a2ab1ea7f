// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

/// A page with tables and without columns of text, so that its rows can be read one after another.
struct TabularPage {
    enum Verdict: Equatable {
        /// Nothing on the page looks like a table.
        case noTable
        /// A table beside columns of text, or columns of short lines: where it is read across, text could be torn apart.
        case unsure
        /// The page's text, row by row.
        case table(String)
    }

    /// Judges a page by its rows.
    ///
    /// Columns of text give rows of two wide cells, or of one whose lines all end at the same edge. A list in columns,
    /// such as an index, has no cells that are numbers.
    static func judge(_ rows: [PageRow]) -> Verdict {
        let tabular = rows.filter { row in
            let isWide = row.cells.count >= 3 || (row.cells.count == 2 && row.cells[1].isNumeric)
            return isWide && row.cells.count(where: \.isLong) <= 1
        }
        guard tabular.count >= 3 else { return .noTable }
        let columns = rows.count { $0.cells.count(where: \.isLong) >= 2 }
        let cells = tabular.flatMap(\.cells)
        let numbers = cells.count(where: \.isNumeric)
        guard columns * 4 <= tabular.count, numbers * 4 >= cells.count, !isText(cells.filter(\.isLong)),
            linesBeside(cells.filter(\.isLong), rows) * 2 <= tabular.count
        else { return .unsure }
        return .table(text(rows))
    }

    /// Whether wide cells are lines of one text: most end at the same edge, and not with dots that lead there.
    private static func isText(_ cells: [PageRow.Cell]) -> Bool {
        let cells = cells.filter { !$0.text.hasSuffix("..") && !$0.text.hasSuffix(". .") }
        guard cells.count >= 4, let edge = cells.map(\.right).max() else { return false }
        return cells.count { edge - $0.right < 1.5 * $0.height } * 10 >= cells.count * 6
    }

    /// How many lines of text stand in one column with wide cells of a table: text that begins beside it and goes on.
    private static func linesBeside(_ cells: [PageRow.Cell], _ rows: [PageRow]) -> Int {
        var (count, isBelowWider) = (0, false)
        for row in rows {
            guard row.isText, let line = row.cells.first else {
                isBelowWider = false
                continue
            }
            let column = cells.filter { abs($0.left - line.left) < line.height / 2 }
            let isBeside = column.contains { line.right <= $0.right + 1.5 * line.height }
            // The last line of a wider paragraph stands in no column.
            if isBeside, !isBelowWider { count += 1 }
            isBelowWider = !isBeside
        }
        return count
    }

    private static func text(_ rows: [PageRow]) -> String {
        var pieces: [String] = []
        var rest = rows[...]
        while let first = rest.first {
            let isText = first.isText
            let region = Array(rest.prefix { $0.isText == isText })
            rest = rest.dropFirst(region.count)
            pieces.append(isText ? paragraphs(region) : table(region))
        }
        return pieces.joined(separator: "\n\n")
    }

    /// Lines of text, with an empty line where the page leaves room for one.
    private static func paragraphs(_ rows: [PageRow]) -> String {
        var text = ""
        for (index, row) in rows.enumerated() {
            if index > 0 {
                let isApart = row.top - rows[index - 1].bottom > 0.8 * (row.bottom - row.top)
                text += isApart ? "\n\n" : "\n"
            }
            text += row.cells.map(\.text).joined(separator: "   ")
        }
        return text
    }

    /// Rows with a place for every column, also where a cell is empty; a table has two rows at least.
    private static func table(_ rows: [PageRow]) -> String {
        let count = rows.map(\.cells.count).max() ?? 0
        guard rows.count(where: { $0.cells.count > 1 }) > 1 else { return paragraphs(rows) }
        let columns = columns(count, of: rows)
        return rows.map { row in
            // A title, or a line of a cell that has several.
            if row.cells.count == 1 { return row.cells[0].text }
            var line = [String](repeating: "", count: count)
            var column = 0
            for (index, cell) in row.cells.enumerated() {
                column = row.cells.count == count ? index : nearest(cell, from: column, columns)
                line[column] += (line[column].isEmpty ? "" : " ") + cell.text.replacing("|", with: "\\|")
            }
            return "| " + line.joined(separator: " | ") + " |"
        }.joined(separator: "\n")
    }

    /// From where to where the columns go, by the rows that have a cell in each.
    private static func columns(_ count: Int, of rows: [PageRow]) -> [(left: Double, right: Double)] {
        var columns: [(left: Double, right: Double)] = []
        for row in rows where row.cells.count == count {
            for (index, cell) in row.cells.enumerated() {
                if index == columns.count { columns.append((cell.left, cell.right)) }
                columns[index] = (min(columns[index].left, cell.left), max(columns[index].right, cell.right))
            }
        }
        return columns
    }

    /// The column that a cell overlaps most, or else the one that is least far away, not before `first`.
    private static func nearest(
        _ cell: PageRow.Cell,
        from first: Int,
        _ columns: [(left: Double, right: Double)]
    ) -> Int {
        func overlap(_ index: Int) -> Double {
            min(cell.right, columns[index].right) - max(cell.left, columns[index].left)
        }
        return (first..<columns.count).max { overlap($0) < overlap($1) } ?? first
    }
}
