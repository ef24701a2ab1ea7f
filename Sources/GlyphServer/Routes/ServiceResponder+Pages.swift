// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphAPI
import GlyphHTTP
import GlyphPage
import GlyphRaster
import GlyphTokens
import GlyphTypeset
import HTTPTypes
import NIOCore

extension ServiceResponder {
    /// What a rendering lost.
    struct LossFacts: Encodable {
        var missing: Int
        var clippedLines: Int
        var dropped: Int

        enum CodingKeys: String, CodingKey {
            case missing, dropped
            case clippedLines = "clipped_lines"
        }
    }

    /// A document that was drawn, as responses have it.
    struct RenderingObject: Encodable {
        var name: String
        var usage: CompressionFacts
        var readers: [String: Int]?
        var losses: LossFacts
        var notes: [String]
        var milliseconds: Double
        var pages: [PageFacts]
    }

    /// `POST /v1/count`: the document's fields and `Look`'s; every family's visual tokens, and no pictures.
    @Sendable func count(_ body: [UInt8], _ exchange: HTTPExchange) async throws {
        var fields = try Self.fields(of: body)
        let (intake, look) = try await attachedDocumentAndLook(&fields)
        try Self.finish(fields)
        let document = try await pages.make(intake, look, wanting: .none)
        metrics.count(document)
        let sizes = document.facts.map { ($0.width, $0.height) }
        let readers = try ReaderFamily.all.map { ($0.name, try $0.promptTokens(forImages: sizes)) }
        var object = RenderingObject(document)
        object.readers = Dictionary(readers, uniquingKeysWith: { $1 })
        try await exchange.send(json: object)
    }

    /// `POST /v1/render`: the document's fields and `Look`'s, `first` for the number of pages to draw, `format`:
    /// `json` or `zip`, and `png`: `quick`, as `glyph render` writes them, or `small`.
    @Sendable func render(_ body: [UInt8], _ exchange: HTTPExchange) async throws {
        var fields = try Self.fields(of: body)
        let (intake, look) = try await attachedDocumentAndLook(&fields)
        var pictures = WantedPictures.all
        if let first = try fields.optionalInt("first", in: 1...limits.pages) { pictures.count = first }
        let format = try fields.word("format", oneOf: ["json", "zip"])
        if try fields.word("png", oneOf: ["quick", "small"]) == "quick" { pictures.compression = .quick }
        try Self.finish(fields)
        let document = try await pages.make(intake, look, wanting: pictures)
        metrics.count(document)
        if format == "zip" {
            let name = HTTPFields([HTTPField(name: .contentDisposition, value: "attachment; filename=\"pages.zip\"")])
            try await exchange.send(200, Self.archive(document), type: "application/zip", fields: name)
        } else {
            try await exchange.send(200, try Self.json(document))
        }
    }

    private static func archive(_ document: DrawnDocument) -> ByteBuffer {
        let bytes = document.pages.reduce(0) { $0 + $1.png.count }
        var archive = ZipArchive(files: document.pages.count, bytes: bytes)
        for page in document.pages {
            archive.add(page.png, name: PageFolder.name(ofPage: page.number))
        }
        return archive.finish()
    }

    /// The numbers of a document and its pictures, which go behind all other fields.
    static func json(_ document: DrawnDocument) throws -> ByteBuffer {
        let numbers = try WireJSON.encode(RenderingObject(document))
        let capacity = document.pages.reduce(numbers.count + 64) { $0 + PagePicture.capacity($1) }
        var buffer = ByteBufferAllocator().buffer(capacity: capacity)
        buffer.writeBytes(numbers.dropLast())
        buffer.writeString(#","pictures":["#)
        for (index, (page, digest)) in zip(document.pages, document.digests).enumerated() {
            if index > 0 { buffer.writeString(",") }
            PagePicture.write(page, sha256: digest, into: &buffer)
        }
        buffer.writeString("]}")
        return buffer
    }

    // MARK: - Fields

    /// The members of a request's JSON object.
    static func fields(of body: [UInt8]) throws -> JSONFields {
        guard !JSONNesting.isTooDeep(body) else {
            throw InputError(at: ServerFault.bodyLocation, "JSON nested more than \(JSONNesting.limit) deep")
        }
        return try JSONFields(file: body, source: ServerFault.bodyLocation)
    }

    static func finish(_ fields: JSONFields) throws {
        try fields.finish("this route", remedy: "Leave it out; docs/service.md lists the fields")
    }

    func documentAndLook(_ fields: inout JSONFields) throws -> (DocumentIntake, Look) {
        let look = try look(&fields)
        return (try DocumentIntake(&fields, limits: limits), look)
    }

    /// The same, with the contents of the uploads that the request names.
    func attachedDocumentAndLook(_ fields: inout JSONFields) async throws -> (DocumentIntake, Look) {
        var (intake, look) = try documentAndLook(&fields)
        try await attachFiles(&intake)
        return (intake, look)
    }

    func look(_ fields: inout JSONFields) throws -> Look {
        try Look(&fields, preset: fallback.preset, family: fallback.family, limits: limits)
    }
}

extension ServiceResponder.RenderingObject {
    fileprivate init(_ document: DrawnDocument) {
        name = document.name
        usage = document.compression
        losses = ServiceResponder.LossFacts(
            missing: document.losses.missingCount,
            clippedLines: document.losses.clippedLines,
            dropped: document.losses.dropped
        )
        notes = document.notes
        milliseconds = (document.milliseconds * 10).rounded() / 10
        pages = document.facts
    }
}
