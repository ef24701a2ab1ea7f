// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphAPI
import GlyphHTTP
import GlyphPage

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

extension ServiceResponder {
    /// Rendering settings under a name.
    private struct TemplateObject: Encodable {
        var name: String
        var object = "template"
        var updatedAt: Int
        var settings: PlainJSON

        init(_ record: TemplateRecord) throws {
            (name, updatedAt) = (record.name, record.updated)
            settings = try PlainJSON(Array(record.settings), from: "template")
        }

        enum CodingKeys: String, CodingKey {
            case name, object, settings
            case updatedAt = "updated_at"
        }
    }

    func listTemplates(_ exchange: HTTPExchange) async throws {
        let templates = try await storage().templates().map(TemplateObject.init)
        try await exchange.send(json: ListObject(templates, id: \.name))
    }

    func getTemplate(_ name: String, _ exchange: HTTPExchange) async throws {
        let record = try Self.found(try await storage().template(name), "template", name)
        try await exchange.send(json: TemplateObject(record))
    }

    /// `PUT /v1/templates/{name}`: `Look`'s fields, which are checked as any request's are.
    func putTemplate(_ name: String, _ body: [UInt8], _ exchange: HTTPExchange) async throws {
        guard name.count <= 80, DocumentIntake.shown(name, 1) == name else {
            throw InputError(
                at: "name",
                "it cannot be shown as it is",
                expected: "at most 80 characters on one line, no /"
            )
        }
        var fields = try Self.fields(of: body)
        _ = try look(&fields)
        try Self.finish(fields)
        let settings = try WireJSON.encode(try PlainJSON(body, from: ServerFault.bodyLocation))
        let record = try await storage().putTemplate(name, settings: settings)
        try await exchange.send(json: TemplateObject(record))
    }

    func deleteTemplate(_ name: String, _ exchange: HTTPExchange) async throws {
        try await sendDeletion(try await storage().deleteTemplate(name), of: "template", name, exchange)
    }
}
