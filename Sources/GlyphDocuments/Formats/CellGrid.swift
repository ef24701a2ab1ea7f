// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage

/// Where the cells of a table lie when some reach over several columns or rows.
struct CellGrid {
    /// How far a cell reaches at most, and how many columns such cells may fill; HTML's own limit.
    private static let most = 1000

    /// How many of the next rows each column is taken in by a cell from above.
    private var taken: [Int] = []

    /// What a `colspan` or `rowspan` says; 1 where it says nothing that counts.
    static func span(_ attribute: String?) -> Int {
        let digits = attribute?.trimmed.prefix { $0.isASCII && $0.isNumber } ?? ""
        return min(max(Int(digits) ?? 1, 1), most)
    }

    /// Places the cells of the next row.
    ///
    /// - Parameter spans: over how many columns and rows each cell reaches.
    /// - Returns: the column of each cell, from 0, and how many columns the row has.
    mutating func place(_ spans: [(columns: Int, rows: Int)]) -> (columns: [Int], end: Int) {
        var columns: [Int] = []
        var next = 0
        var left = taken.map { max(0, $0 - 1) }
        for span in spans {
            while next < taken.count, taken[next] > 0 { next += 1 }
            columns.append(next)
            let end = max(next + 1, min(next + span.columns, Self.most))
            for column in next..<end where column < Self.most {
                if column == left.count { left.append(0) }
                left[column] = max(left[column], span.rows - 1)
            }
            next = end
        }
        let end = max(next, (taken.lastIndex { $0 > 0 } ?? -1) + 1)
        while left.last == 0 { left.removeLast() }
        taken = left
        return (columns, end)
    }
}
