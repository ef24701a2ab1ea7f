// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

package import AsyncHTTPClient
package import GlyphAPI
import NIOCore
package import NIOHTTP1

/// A server at a real port or socket, and a real client that asks it.
package protocol HTTPHarness: Sendable {
    /// What stands before the path in its addresses.
    var base: String { get }
}

/// A response read to its end.
package struct HTTPAnswer: Sendable {
    package var status: Int
    package var headers: HTTPHeaders
    package var body: [UInt8]

    package var text: String { String(decoding: body, as: UTF8.self) }

    /// The body as JSON of a type.
    ///
    /// - Throws: `InputError` for what is none.
    package func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
        try WireJSON.decode(type, from: body, at: "response")
    }

    /// The events of a stream.
    ///
    /// - Throws: What the parser of server-sent events throws.
    package func events() throws -> [ServerSentEvents.Event] {
        var parser = ServerSentEvents.Parser()
        return try parser.push(body)
    }
}

extension HTTPHarness {
    /// A request, with a body of JSON if there is one.
    package func request(_ method: HTTPMethod, _ path: String, _ body: String? = nil) -> HTTPClientRequest {
        var request = HTTPClientRequest(url: base + path)
        request.method = method
        if let body {
            request.headers.add(name: "Content-Type", value: "application/json")
            request.body = .bytes(ByteBuffer(string: body))
        }
        return request
    }

    /// Sends a request and reads the response to its end, for a minute at most.
    ///
    /// - Throws: What the client throws.
    package func send(_ request: HTTPClientRequest) async throws -> HTTPAnswer {
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(60))
        let body = try await response.body.collect(upTo: 64 << 20)
        return HTTPAnswer(
            status: Int(response.status.code),
            headers: response.headers,
            body: Array(body.readableBytesView)
        )
    }

    package func get(_ path: String) async throws -> HTTPAnswer { try await send(request(.GET, path)) }

    /// In what the answer to HEAD is not that to GET without its body; nothing where it is.
    package func differencesOfHead(at path: String) async throws -> [String] {
        let (whole, head) = (try await get(path), try await send(request(.HEAD, path)))
        var differences = ["Content-Length", "Content-Type", "Allow"].filter {
            head.headers.first(name: $0) != whole.headers.first(name: $0)
        }
        if head.status != whole.status { differences.append("status") }
        if !head.body.isEmpty { differences.append("body") }
        return differences
    }

    package func post(_ path: String, _ body: String) async throws -> HTTPAnswer {
        try await send(request(.POST, path, body))
    }
}
