// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphAPI
import HTTPTypes
import HummingbirdCore
import NIOCore

/// The response to one request: sent whole, or begun and then written as server-sent events.
///
/// Used by one task at a time. What comes after the end of the response is dropped.
final class HTTPExchange {
    /// Set until the response begins.
    private var writer: ResponseWriter?
    /// Set while an event stream is open.
    private var events: (any ResponseBodyWriter)?

    init(_ writer: consuming ResponseWriter) {
        self.writer = consume writer
    }

    /// Tells a client that asked first to go on and send its body.
    func continueIfExpected(_ request: Request) async throws {
        guard request.headers[.expect]?.lowercased() == "100-continue", let waiting = writer.take() else { return }
        try await waiting.writeInformationalHead(HTTPResponse(status: .continue))
        writer = consume waiting
    }

    /// Sends a whole response.
    func send(
        _ status: Int,
        _ body: [UInt8],
        type: String = "application/json",
        fields: HTTPFields = HTTPFields(),
        closes: Bool = false
    ) async throws {
        guard let writer = writer.take() else { return }
        var fields = fields
        fields[.contentType] = type
        fields[.contentLength] = String(body.count)
        if closes { fields[.connection] = "close" }
        let head = HTTPResponse(status: .init(code: status), headerFields: fields)
        try await writer.write(response: head, body: ResponseBody(byteBuffer: ByteBuffer(bytes: body)))
    }

    /// Sends the head of an event stream.
    func beginEvents() async throws {
        guard let writer = writer.take() else { return }
        let fields: HTTPFields = [
            .contentType: "text/event-stream; charset=utf-8", .cacheControl: "no-cache", .connection: "close",
        ]
        events = try await writer.writeHead(HTTPResponse(status: .ok, headerFields: fields))
    }

    /// Sends one event with an object as its data.
    func write(_ object: some Encodable) async throws {
        try await write(Array("data: ".utf8) + WireJSON.encode(object) + Array("\n\n".utf8))
    }

    /// Sends bytes of an event stream.
    func write(_ bytes: [UInt8]) async throws {
        try await events?.write(ByteBuffer(bytes: bytes))
    }

    /// Ends an event stream.
    func end() async throws {
        guard let open = events else { return }
        events = nil
        try await open.finish(nil)
    }

    /// Tells the client of an error: as the response, or as an event if the response has begun.
    func fail(_ fault: ServerFault) async throws {
        if events != nil {
            try await write(fault.error)
            try await end()
            return
        }
        var fields = HTTPFields()
        if let seconds = fault.retryAfter { fields[.retryAfter] = String(seconds) }
        if let methods = fault.allow { fields[.allow] = methods }
        try await send(fault.status, try WireJSON.encode(fault.error), fields: fields, closes: true)
    }
}
