// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Foundation
import GRDB
import GlyphHTTP

/// An upload.
struct FileRecord: Sendable, Codable, FetchableRecord {
    var number: Int
    var id: String
    /// Seconds since 1970.
    var created: Int
    var expires: Int
    /// As it may be shown; never a path.
    var name: String
    var purpose: String
    var bytes: Int
    var sha256: String
}

/// Which part of a list is asked for.
struct ListRange: Sendable {
    /// The id after which the list goes on.
    var after: String?
    var limit = 100
    var isAscending = false
}

extension ServiceStore {
    /// Keeps an upload.
    ///
    /// - Parameters:
    ///   - bytes: The content.
    ///   - name: What it is called.
    ///   - purpose: What it is for, in OpenAI's words.
    ///   - seconds: How long to keep it; nil for as long as the limits say.
    /// - Returns: Its row.
    /// - Throws: What `keep` throws.
    func addFile(_ bytes: [UInt8], name: String, purpose: String, seconds: Int?) async throws -> FileRecord {
        let (id, created) = (Self.newID("file"), Self.now)
        let expires = created + (seconds ?? limits.keptDays * 86_400)
        return try await keep(bytes) { db, digest in
            try db.execute(
                sql: """
                    INSERT INTO files (id, created, expires, name, purpose, bytes, sha256)
                    VALUES (?, ?, ?, ?, ?, ?, ?)
                    """,
                arguments: [id, created, expires, name, purpose, bytes.count, digest]
            )
            return FileRecord(
                number: Int(db.lastInsertedRowID),
                id: id,
                created: created,
                expires: expires,
                name: name,
                purpose: purpose,
                bytes: bytes.count,
                sha256: digest
            )
        }
    }

    /// An upload, unless it has expired.
    func file(_ id: String) async throws -> FileRecord? {
        try await transaction { db in
            try FileRecord.fetchOne(
                db,
                sql: "SELECT * FROM files WHERE id = ? AND expires > ?",
                arguments: [id, Self.now]
            )
        }
    }

    /// Uploads, newest first unless asked otherwise, and whether there are more.
    func files(_ range: ListRange, purpose: String?) async throws -> (rows: [FileRecord], hasMore: Bool) {
        let condition = "expires > ? AND (? IS NULL OR purpose = ?)"
        return try await list(range, of: "files", where: condition, [Self.now, purpose, purpose])
    }

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

    /// Forgets an upload.
    ///
    /// - Returns: Whether it was there.
    func deleteFile(_ id: String) async throws -> Bool {
        let isGone = try await transaction { db in
            try db.execute(sql: "DELETE FROM files WHERE id = ?", arguments: [id])
            return db.changesCount > 0
        }
        if isGone { try await dropUnused() }
        return isGone
    }
}
