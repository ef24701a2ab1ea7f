// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import HTTPTypes
package import HummingbirdCore
import NIOCore

/// What is checked of a request before anybody looks at its content, and how its body is read.
package enum RequestBytes {
    /// Looks at what the head says of the body.
    ///
    /// - Throws: `ServerFault` with status 415 or 413.
    package static func check(_ request: Request, type expected: String = "application/json", limit: Int) throws {
        let type = request.headers[.contentType]?.lowercased().prefix { $0 != ";" && $0 != " " } ?? ""
        guard type == expected else {
            throw ServerFault(415, "the content type is \"\(type.prefix(80))\"; expected \(expected)")
        }
        let coding = request.headers[.contentEncoding] ?? ""
        guard coding.isEmpty || coding.lowercased() == "identity" else {
            throw ServerFault(
                415,
                "the header Content-Encoding is \"\(coding.prefix(80))\"; expected none. Send the body as it is"
            )
        }
        if let length = request.headers[.contentLength].flatMap(Int.init), length > limit { throw tooLarge(limit) }
    }

    /// Reads a body.
    ///
    /// One that is too large is read on for a while and thrown away: a client that is cut off while it sends would not
    /// see the reason.
    ///
    /// - Throws: `ServerFault` with status 413, or 400 for a body that is not framed as HTTP wants it.
    package static func collect(_ body: RequestBody, limit: Int) async throws -> [UInt8] {
        var bytes: [UInt8] = []
        var total = 0
        do {
            for try await buffer in body {
                total += buffer.readableBytes
                if total <= limit {
                    bytes.append(contentsOf: buffer.readableBytesView)
                } else {
                    bytes = []
                    if total > 4 * limit { break }
                }
            }
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            throw ServerFault(400, "the request's body is broken or ends early", code: "broken_body")
        }
        guard total <= limit else { throw tooLarge(limit) }
        return bytes
    }

    private static func tooLarge(_ limit: Int) -> ServerFault {
        ServerFault(413, "the request is larger than \(limit) bytes; send less at a time", code: "request_too_large")
    }

    /// Refuses a request that was sent to this machine under a foreign name, as a page does whose name was made to
    /// point here.
    ///
    /// - Throws: `ServerFault` with status 403.
    package static func checkHost(_ request: Request) throws {
        let host = request.head.authority ?? ""
        let name = host.hasPrefix("[") ? host.prefix { $0 != "]" } + "]" : host.prefix { $0 != ":" }
        guard ["127.0.0.1", "localhost", "[::1]"].contains(name.lowercased()) else {
            throw ServerFault(403, "the host \"\(host.prefix(120))\" is not this machine", code: "foreign_host")
        }
    }
}
