// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

package import HTTPTypes
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
    /// - Throws: `ServerFault` with status 413, 408 for a body that comes too slowly, or 400 for one that is not framed
    ///   as HTTP wants it.
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
        } catch let late as BodyPace.Late {
            throw ServerFault(
                408,
                "the request's body comes too slowly, \(late.bytes) bytes in \(late.seconds) seconds; send "
                    + "\(BodyPace.bytesPerSecond >> 10) KiB or more a second",
                code: "body_timeout"
            )
        } catch {
            throw ServerFault(400, "the request's body is broken or ends early", code: "broken_body")
        }
        guard total <= limit else { throw tooLarge(limit) }
        return bytes
    }

    /// Does work for as long as the sender of a request is there, whose body has been read.
    ///
    /// Only then: what is wrong with a body ends the sender's side of the connection as leaving does, and a task that
    /// is cancelled for it could not say so any more.
    ///
    /// - Throws: `CancellationError` if the sender leaves, and what the work throws.
    package static func whileSenderWaits(of request: Request, _ work: () async throws -> Void) async throws {
        var request = request
        request.body = RequestBody(buffer: ByteBuffer())
        try await request.body.consumeWithCancellationOnInboundClose { _ in try await work() }
    }

    private static func tooLarge(_ limit: Int) -> ServerFault {
        ServerFault(413, "the request is larger than \(limit) bytes; send less at a time", code: "request_too_large")
    }

    /// Refuses a request that names several hosts: what stands before a server may take another one for meant
    /// (RFC 9112, section 3.2).
    ///
    /// - Throws: `ServerFault` with status 400.
    package static func checkSingleHost(_ request: Request) throws {
        // The first is no field any more, but the head's authority.
        guard !request.headers.contains(where: { $0.name.canonicalName == "host" }) else {
            throw ServerFault(400, "the request has more than one Host; send one")
        }
    }

    /// Refuses a method that a path does not answer; HEAD is answered wherever GET is, without the body.
    ///
    /// - Parameters:
    ///   - request: The request.
    ///   - path: Its path.
    ///   - methods: What the path answers, without HEAD.
    /// - Throws: `ServerFault` with status 405.
    package static func checkMethod(
        _ request: Request,
        of path: some StringProtocol,
        _ methods: [HTTPRequest.Method]
    ) throws {
        guard !methods.contains(request.method == .head ? .get : request.method) else { return }
        let allowed = (methods.contains(.get) ? methods + [.head] : methods).map(\.rawValue).joined(separator: ", ")
        throw ServerFault(405, "\(path.prefix(200)) answers \(allowed)", allow: allowed)
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
