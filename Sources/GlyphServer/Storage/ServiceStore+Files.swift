// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Foundation
import GRDB

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
