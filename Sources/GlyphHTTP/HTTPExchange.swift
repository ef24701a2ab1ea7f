// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphAPI
package import HTTPTypes
package import HummingbirdCore
package import NIOCore

/// The response to one request: sent whole, or begun and then written as server-sent events.
///
/// Used by one task at a time. What comes after the end of the response is dropped.
package final class HTTPExchange {
    /// Set until the response begins.
    private var writer: ResponseWriter?
    /// Set while an event stream is open.
    private var events: (any ResponseBodyWriter)?

    /// What every response carries besides its own fields.
    private let common: HTTPFields
    /// Whether only the head of a whole response is wanted.
    private let isHead: Bool
    /// Told the status of the response as it begins.
    private let report: (Int) -> Void

    package init(
        _ writer: consuming ResponseWriter,
        common: HTTPFields = HTTPFields(),
        isHead: Bool = false,
        report: @escaping (Int) -> Void = { _ in }
    ) {
        self.writer = consume writer
        self.common = common
        self.isHead = isHead
        self.report = report
    }

    /// Tells a client that asked first to go on and send its body.
    package func continueIfExpected(_ request: Request) async throws {
        guard request.headers[.expect]?.lowercased() == "100-continue", let waiting = writer.take() else { return }
        try await waiting.writeInformationalHead(HTTPResponse(status: .continue))
        writer = consume waiting
    }

    /// Sends a whole response.
    package func send(
        _ status: Int,
        _ body: [UInt8],
        type: String = "application/json",
        fields: HTTPFields = HTTPFields(),
        closes: Bool = false
    ) async throws {
        try await send(status, ByteBuffer(bytes: body), type: type, fields: fields, closes: closes)
    }

    /// Sends an object as a whole response.
    package func send(_ status: Int = 200, json object: some Encodable) async throws {
        try await send(status, try WireJSON.encode(object))
    }

    /// Sends a whole response that is in a buffer already, which a large one is spared a copy by.
    package func send(
        _ status: Int,
        _ body: ByteBuffer,
        type: String = "application/json",
        fields: HTTPFields = HTTPFields(),
        closes: Bool = false
    ) async throws {
        guard let writer = writer.take() else { return }
        var fields = common.merged(fields)
        fields[.contentType] = type
        fields[.contentLength] = String(body.readableBytes)
        if closes { fields[.connection] = "close" }
        let head = HTTPResponse(status: .init(code: status), headerFields: fields)
        report(status)
        // The length is that of the body which GET would get.
        try await writer.write(response: head, body: isHead ? ResponseBody() : ResponseBody(byteBuffer: body))
    }

    /// Sends the head of an event stream.
    package func beginEvents() async throws {
        guard let writer = writer.take() else { return }
        let fields: HTTPFields = [
            .contentType: "text/event-stream; charset=utf-8", .cacheControl: "no-cache", .connection: "close",
        ]
        report(200)
        events = try await writer.writeHead(HTTPResponse(status: .ok, headerFields: common.merged(fields)))
    }

    /// Sends one event with an object as its data.
    package func write(_ object: some Encodable) async throws {
        try await write(Array("data: ".utf8) + WireJSON.encode(object) + Array("\n\n".utf8))
    }

    /// Sends bytes of an event stream.
    package func write(_ bytes: [UInt8]) async throws { try await write(ByteBuffer(bytes: bytes)) }

    /// Sends a buffer of an event stream.
    package func write(_ buffer: ByteBuffer) async throws { try await events?.write(buffer) }

    /// Sends a comment, which clients skip, so that nobody on the way takes a silent stream for a dead one.
    package func writeComment(_ text: String) async throws {
        try await write(ServerSentEvents.encodeComment(text))
    }

    /// Ends an event stream.
    package func end() async throws {
        guard let open = events else { return }
        events = nil
        try await open.finish(nil)
    }

    /// Tells the client of an error: as the response, or as an event if the response has begun.
    package func fail(_ fault: ServerFault) async throws {
        if events != nil {
            try await write(fault.error)
            try await end()
            return
        }
        var fields = HTTPFields()
        if let seconds = fault.retryAfter { fields[.retryAfter] = String(seconds) }
        if let methods = fault.allow { fields[.allow] = methods }
        // A 401 must say how to prove who one is (RFC 9110, section 15.5.2).
        if fault.status == 401 { fields[.wwwAuthenticate] = "Bearer" }
        try await send(fault.status, try WireJSON.encode(fault.error), fields: fields, closes: true)
    }
}

extension HTTPFields {
    /// These fields, and others that replace those of the same name.
    fileprivate func merged(_ others: HTTPFields) -> HTTPFields {
        var result = self
        for field in others { result[field.name] = field.value }
        return result
    }
}
