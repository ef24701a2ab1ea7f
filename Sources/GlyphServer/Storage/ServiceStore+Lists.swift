// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GRDB
import GlyphHTTP

/// Which part of a list is asked for.
struct ListRange: Sendable {
    /// The id after which the list goes on.
    var after: String?
    var limit = 100
    var isAscending = false
}

extension ServiceStore {
    /// Part of a table, newest first unless asked otherwise, and whether there is more of it.
    ///
    /// - Throws: `ServerFault` with status 400 where the row after which the list goes on is not there: to begin anew
    ///   would never end.
    func list<Row: FetchableRecord & Sendable>(
        _ range: ListRange,
        of table: String,
        where condition: String,
        _ arguments: StatementArguments
    ) async throws -> (rows: [Row], hasMore: Bool) {
        try await transaction { db in
            var start = range.isAscending ? 0 : Int(Int64.max)
            if let after = range.after {
                let number = "SELECT number FROM \(table) WHERE id = ?"
                guard let row = try Int.fetchOne(db, sql: number, arguments: [after]) else {
                    throw ServerFault(400, "there is nothing of this id", param: "after")
                }
                start = row
            }
            let (sign, order) = range.isAscending ? (">", "ASC") : ("<", "DESC")
            let rows = try Row.fetchAll(
                db,
                sql: "SELECT * FROM \(table) WHERE \(condition) AND number \(sign) ? ORDER BY number \(order) LIMIT ?",
                arguments: arguments + [start, range.limit + 1]
            )
            return (Array(rows.prefix(range.limit)), rows.count > range.limit)
        }
    }
}
