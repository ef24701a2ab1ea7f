// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Foundation
import GRDB
import GlyphHTTP

/// Rendering settings under a name.
struct TemplateRecord: Sendable, Codable, FetchableRecord {
    var name: String
    /// Seconds since 1970.
    var updated: Int
    /// `Look`'s fields as a JSON object.
    var settings: Data
}

extension ServiceStore {
    func templates() async throws -> [TemplateRecord] {
        try await transaction { try TemplateRecord.fetchAll($0, sql: "SELECT * FROM templates ORDER BY name") }
    }

    func template(_ name: String) async throws -> TemplateRecord? {
        try await transaction { db in
            try TemplateRecord.fetchOne(db, sql: "SELECT * FROM templates WHERE name = ?", arguments: [name])
        }
    }

    /// Keeps a template; one of the same name is replaced.
    ///
    /// - Throws: `ServerFault` with status 413 if there are too many.
    func putTemplate(_ name: String, settings: [UInt8]) async throws -> TemplateRecord {
        let record = TemplateRecord(name: name, updated: Self.now, settings: Data(settings))
        try await transaction { [limits] db in
            let others = "SELECT COUNT(*) FROM templates WHERE name <> ?"
            let count = try Int.fetchOne(db, sql: others, arguments: [name]) ?? 0
            guard count < limits.templates else {
                throw ServerFault(413, "there are \(count) templates; delete one", code: "storage_budget_exceeded")
            }
            try db.execute(
                sql: "INSERT OR REPLACE INTO templates VALUES (?, ?, ?)",
                arguments: [record.name, record.updated, record.settings]
            )
        }
        return record
    }

    /// Forgets a template.
    ///
    /// - Returns: Whether it was there.
    func deleteTemplate(_ name: String) async throws -> Bool {
        try await transaction { db in
            try db.execute(sql: "DELETE FROM templates WHERE name = ?", arguments: [name])
            return db.changesCount > 0
        }
    }
}
