// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphAPI
import GlyphHTTP
import GlyphPage
import HTTPTypes
import HummingbirdCore

extension ServiceResponder {
    /// OpenAI's file object.
    struct FileObject: Encodable {
        var id: String
        var object = "file"
        var bytes: Int
        var createdAt: Int
        var expiresAt: Int
        var filename: String
        var purpose: String
        /// What OpenAI's clients expect of a file that can be used.
        var status = "processed"

        init(_ record: FileRecord) {
            (id, bytes, filename, purpose) = (record.id, record.bytes, record.name, record.purpose)
            (createdAt, expiresAt) = (record.created, record.expires)
        }

        enum CodingKeys: String, CodingKey {
            case id, object, bytes, filename, purpose, status
            case createdAt = "created_at"
            case expiresAt = "expires_at"
        }
    }

    /// OpenAI's form of a list.
    struct ListObject<Item: Encodable>: Encodable {
        var object = "list"
        var data: [Item]
        var firstID: String?
        var lastID: String?
        var hasMore: Bool

        enum CodingKeys: String, CodingKey {
            case object, data
            case firstID = "first_id"
            case lastID = "last_id"
            case hasMore = "has_more"
        }

        /// - Parameters:
        ///   - data: The items.
        ///   - id: What an item is called.
        ///   - hasMore: Whether the list goes on.
        init(_ data: [Item], id: (Item) -> String, hasMore: Bool = false) {
            (self.data, self.hasMore) = (data, hasMore)
            (firstID, lastID) = (data.first.map(id), data.last.map(id))
        }
    }

    /// What is left of something that was deleted.
    struct Deletion: Encodable {
        var id: String
        var object: String
        var deleted = true
    }

    private static let purposes = ["user_data", "assistants", "vision"]

    /// `POST /v1/files`: a form with `file`, `purpose` and, if wanted, `expires_after[anchor]` and
    /// `expires_after[seconds]`.
    func addFile(_ body: [UInt8], _ contentType: String, _ exchange: HTTPExchange) async throws {
        let store = try storage()
        let form = try MultipartForm(body, contentType: contentType)
        let known = ["file", "purpose", "expires_after[anchor]", "expires_after[seconds]"]
        if let other = form.parts.first(where: { !known.contains($0.name) }) {
            throw InputError(
                at: String(other.name.prefix(80)),
                "the field is unknown",
                expected: known.joined(separator: ", ")
            )
        }
        guard let file = try form.only("file"), let filename = file.filename else {
            throw InputError(at: "file", "the file is missing", expected: "a field with a file and its name")
        }
        guard let purpose = try form.only("purpose").map({ String(decoding: $0.content, as: UTF8.self) }),
            Self.purposes.contains(purpose)
        else {
            throw InputError(
                at: "purpose",
                "is missing or not supported",
                expected: Self.purposes.map { "\"\($0)\"" }.joined(separator: ", ")
            )
        }
        var seconds: Int?
        if let text = try form.only("expires_after[seconds]") {
            seconds = Int(String(decoding: text.content, as: UTF8.self))
            guard let seconds, (3600...limits.keptDays * 86_400).contains(seconds) else {
                throw InputError(
                    at: "expires_after[seconds]",
                    "is out of range",
                    expected: "3600 to \(limits.keptDays * 86_400)"
                )
            }
        }
        if let anchor = try form.only("expires_after[anchor]"), anchor.content != Array("created_at".utf8) {
            throw InputError(at: "expires_after[anchor]", "is unknown", expected: "\"created_at\"")
        }
        let record = try await store.addFile(
            file.content,
            name: DocumentIntake.shown(filename, 1),
            purpose: purpose,
            seconds: seconds
        )
        try await exchange.send(json: FileObject(record))
    }

    /// `GET /v1/files`: `after`, `limit`, `order` and `purpose` in the query.
    func listFiles(_ target: String?, _ exchange: HTTPExchange) async throws {
        let query = try RequestQuery(target, known: ["after", "limit", "order", "purpose"])
        let (rows, hasMore) = try await storage().files(try query.range(), purpose: query["purpose"])
        try await exchange.send(json: ListObject(rows.map(FileObject.init), id: \.id, hasMore: hasMore))
    }

    func getFile(_ id: String, _ exchange: HTTPExchange) async throws {
        try await exchange.send(json: FileObject(try await keptFile(id)))
    }

    func fileContent(_ id: String, _ exchange: HTTPExchange) async throws {
        let record = try await keptFile(id)
        let bytes = try await storage().content(record.sha256)
        // Whatever it is, a browser must take it for nothing but bytes.
        let fields: HTTPFields = [.contentDisposition: "attachment"]
        try await exchange.send(200, bytes, type: "application/octet-stream", fields: fields)
    }

    func deleteFile(_ id: String, _ exchange: HTTPExchange) async throws {
        try await sendDeletion(try await storage().deleteFile(id), of: "file", id, exchange)
    }

    /// An upload that a client names.
    ///
    /// - Throws: `ServerFault` with status 404 if there is none.
    func keptFile(_ id: String, param: String? = nil) async throws -> FileRecord {
        try Self.found(try await storage().file(id), "file", id, param: param)
    }

    /// What was looked up.
    ///
    /// - Throws: `ServerFault` with status 404 if it is not there.
    static func found<Value>(_ value: Value?, _ kind: String, _ id: String, param: String? = nil) throws -> Value {
        if let value { return value }
        throw ServerFault(
            404,
            "there is no \(kind) \"\(id.prefix(80))\" here",
            param: param,
            code: "\(kind)_not_found"
        )
    }

    /// Says that something is gone.
    ///
    /// - Throws: `ServerFault` with status 404 if it was not there.
    func sendDeletion(_ wasThere: Bool, of kind: String, _ id: String, _ exchange: HTTPExchange) async throws {
        try Self.found(wasThere ? () : nil, kind, id)
        try await exchange.send(json: Deletion(id: id, object: kind))
    }

    /// Puts the contents of uploads that a request names among its files.
    func attachFiles(_ intake: inout DocumentIntake) async throws {
        var sum = 0
        for (index, id) in intake.fileIDs.enumerated() {
            let record = try await keptFile(id, param: "file_ids[\(index)]")
            sum += record.bytes
            guard sum <= limits.documentBytes else {
                throw InputError(at: "file_ids", "the files are larger than \(limits.documentBytes) bytes together")
            }
            intake.append(record.name, try await storage().content(record.sha256), from: "file_ids[\(index)]")
        }
        intake.fileIDs = []
    }

    /// Where things are kept.
    ///
    /// - Throws: `ServerFault` with status 503 where nothing is.
    func storage() throws -> ServiceStore {
        guard let store else {
            throw ServerFault(503, "this service keeps nothing; start glyph serve with --data", code: "no_storage")
        }
        return store
    }
}
