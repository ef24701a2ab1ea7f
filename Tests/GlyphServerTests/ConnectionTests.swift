// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphTestSupport
import NIOCore
import NIOPosix
import Testing

@testable import GlyphServer

/// When connections end, and how slowly a request may come.
@Suite(.serialized, .timeLimit(.minutes(2))) struct ConnectionTests {
    private static let host = "Host: 127.0.0.1\r\n"
    private static let json = "Content-Type: application/json\r\n"

    private static func get(_ path: String, version: String = "1.1", _ fields: String = "") -> String {
        "GET \(path) HTTP/\(version)\r\n\(host)\(fields)\r\n"
    }

    @Test(
        "a connection is closed after a response that says so, whoever wanted it",
        arguments: [
            (get("/health", "Connection: close\r\n"), 200), (get("/health", "Connection: Close\r\n"), 200),
            (get("/health", "Connection: x, close\r\n"), 200), (get("/health", version: "1.0"), 200),
            (get("/nowhere"), 404), (get("/v1/count"), 405),
            ("GET /v1/models HTTP/1.1\r\nHost: elsewhere\r\n\r\n", 403),
            ("POST /v1/count HTTP/1.1\r\n\(host)Content-Type: text/plain\r\nContent-Length: 9\r\n\r\n", 415),
        ]
    )
    func closed(_ request: String, _ status: Int) async throws {
        try await ServiceHarness.run { service in
            let answer = try await service.converse([request])
            #expect(
                answer.text.hasPrefix("HTTP/1.\(request.contains("HTTP/1.0") ? 0 : 1) \(status) "),
                "\(answer.text)"
            )
            #expect(answer.text.contains("\r\nConnection: close\r\n"))
            #expect(answer.isClosed)
        }
    }

    @Test("what is sent behind the last request is not answered, and not done")
    func behind() async throws {
        try await ServiceHarness.withFolder { folder in
            try await ServiceHarness.run(data: folder) { service in
                let body = #"{"preset":"dense"}"#
                let put =
                    "PUT /v1/templates/a HTTP/1.1\r\n\(Self.host)\(Self.json)Content-Length: \(body.utf8.count)\r\n\r\n"
                let answer = try await service.converse([Self.get("/nowhere") + put + body])
                #expect(answer.text.ranges(of: "HTTP/1.1 ").count == 1)
                #expect(answer.isClosed)
                #expect(try await service.get("/v1/templates/a").status == 404)
            }
        }
    }

    @Test("a connection stays open for further requests, of HTTP/1.0 too where it is asked for")
    func kept() async throws {
        try await ServiceHarness.run { service in
            let last = Self.get("/health", "Connection: close\r\n")
            let answer = try await service.converse([Self.get("/health") + Self.get("/metrics"), last])
            #expect(answer.text.ranges(of: "HTTP/1.1 200").count == 3)
            let old = Self.get("/health", version: "1.0", "Connection: keep-alive\r\n")
            let kept = try await service.converse([old, Self.get("/health", version: "1.0")])
            #expect(kept.text.ranges(of: "HTTP/1.0 200").count == 2)
            #expect(kept.text.ranges(of: "Connection: keep-alive").count == 1)
            #expect(answer.isClosed && kept.isClosed)
        }
    }

    @Test("a client of HTTP/1.0 gets a stream without chunks, and no interim response")
    func old() async throws {
        try await ServiceHarness.run { service in
            let body = #"{"messages":[{"role":"user","content":"hi"}],"stream":true}"#
            let head =
                "POST /v1/chat/completions HTTP/1.0\r\n\(Self.host)\(Self.json)Expect: 100-continue\r\n"
                + "Content-Length: \(body.utf8.count)\r\n\r\n"
            let answer = try await service.converse([head + body])
            #expect(answer.text.hasPrefix("HTTP/1.0 200"), "\(answer.text)")
            #expect(!answer.text.lowercased().contains("chunked"))
            #expect(answer.text.hasSuffix("data: [DONE]\n\n"))
            #expect(answer.isClosed)
        }
    }

    @Test("whoever sends a large body before reading still sees why it is refused")
    func unread() async throws {
        try await ServiceHarness.run { service in
            let part = String(repeating: "a", count: 1 << 20)
            let head =
                "POST /v1/count HTTP/1.1\r\n\(Self.host)Content-Type: text/plain\r\nContent-Length: \(16 << 20)\r\n\r\n"
            let answer = try await service.converse([head] + [String](repeating: part, count: 16))
            #expect(answer.text.hasPrefix("HTTP/1.1 415"), "\(answer.text)")
            #expect(answer.isClosed)
        }
    }

    @Test("a request with two hosts is refused, with a token as well", arguments: [nil, "correct horse"])
    func hosts(_ token: String?) async throws {
        try await ServiceHarness.run(token: token) { service in
            let answer = try await service.converse([Self.get("/health", "Host: 127.0.0.1\r\n")])
            #expect(answer.text.hasPrefix("HTTP/1.1 400"), "\(answer.text)")
            #expect(answer.text.contains("more than one Host"))
            #expect(answer.isClosed)
        }
    }

    @Test(
        "a body that hardly comes is a 408, whatever was announced, and its connection is closed",
        arguments: ["Content-Length: 67108000\r\n\r\n{", "Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n"]
    )
    func trickle(_ rest: String) async throws {
        try await ServiceHarness.run(bodyPatience: .milliseconds(500)) { service in
            let request = "POST /v1/count HTTP/1.1\r\n\(Self.host)\(Self.json)\(rest)"
            let answer = try await service.converse([request])
            #expect(answer.text.hasPrefix("HTTP/1.1 408"), "\(answer.text)")
            #expect(answer.text.contains(#""code":"body_timeout""#))
            #expect(answer.isClosed)
            #expect(try await service.post("/v1/count", #"{"text":"a"}"#).status == 200)
        }
    }

    @Test("a body that comes slowly but steadily is read, though it takes longer than one that stands still may")
    func steady() async throws {
        try await ServiceHarness.run(bodyPatience: .seconds(2)) { service in
            let text = String(repeating: "a", count: 64 << 10)
            let head =
                "POST /v1/count HTTP/1.1\r\n\(Self.host)\(Self.json)Content-Length: \(5 * text.utf8.count + 11)\r\n\r\n"
            let parts = [head + #"{"text":""#] + [String](repeating: text, count: 5) + [#""}"#]
            let answer = try await service.converse(parts, pause: .milliseconds(600))
            #expect(answer.text.hasPrefix("HTTP/1.1 200"), "\(answer.text)")
        }
    }
}

extension ServiceHarness {
    /// Sends texts and reads until the service closes the connection, without closing anything first.
    ///
    /// - Returns: What came, and whether it was the service that ended it, within ten seconds.
    fileprivate func converse(
        _ parts: [String],
        pause: Duration = .milliseconds(50)
    ) async throws -> (text: String, isClosed: Bool) {
        let port = try #require(base.split(separator: ":").last.flatMap { Int($0) })
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        return try await channel.executeThenClose { inbound, outbound in
            for (index, part) in parts.enumerated() {
                if index > 0 { try await Task.sleep(for: pause) }
                try await outbound.write(ByteBuffer(string: part))
            }
            let last = ContinuousClock.now + .seconds(10)
            let closing = channel.channel.eventLoop.scheduleTask(in: .seconds(10)) {
                channel.channel.close(promise: nil)
            }
            var text = ""
            for try await part in inbound { text += String(buffer: part) }
            closing.cancel()
            return (text, ContinuousClock.now < last)
        }
    }
}
