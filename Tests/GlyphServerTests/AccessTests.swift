// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import AsyncHTTPClient
import GlyphAPI
import GlyphPage
import GlyphTestSupport
import NIOCore
import NIOHTTP1
import Testing

@testable import GlyphServer

@Suite(.serialized, .timeLimit(.minutes(2))) struct AccessTests {
    private static let posts = ["/v1/count", "/v1/render", "/v1/ask", "/v1/chat/completions"]

    @Test("a token is asked for everywhere but at the page and its files, and at /health")
    func token() async throws {
        try await ServiceHarness.run(token: "correct horse") { service in
            for path in ["/", "/page/app.js", "/health"] {
                #expect(try await service.get(path).status == 200, "\(path)")
            }
            for path in ["/metrics", "/v1/models", "/v1/options"] {
                let response = try await service.get(path)
                #expect(response.status == 401)
                #expect(response.headers.first(name: "WWW-Authenticate") == "Bearer")
                #expect(try response.error().code == "invalid_api_key")
            }
            for path in Self.posts { #expect(try await service.post(path, "{}").status == 401, "\(path)") }
            for (value, status) in [
                ("Bearer correct horse", 200), ("bearer correct horse", 200), ("BEARER correct horse", 200),
                ("Bearer correct hors", 401), ("Bearer ", 401), ("correct horse", 401), ("Basic correct horse", 401),
            ] {
                var request = service.request(.GET, "/v1/models")
                request.headers.add(name: "Authorization", value: value)
                #expect(try await service.send(request).status == status, "\(value)")
            }
        }
    }

    @Test(
        "a token is one that clients can send in a header",
        arguments: [
            ("correct horse", true), ("~!0123456789abcdef", true), ("pässword", false), ("密码密码密码密码", false),
            ("line\nfeed", false), (" correct horse", false), ("correct horse ", false),
        ]
    )
    func sendable(_ token: String, _ isSendable: Bool) {
        #expect(GlyphService.isSendable(token: token) == isSendable)
    }

    @Test("a port that is taken is told in the system's words, with what to do")
    func takenPort() async throws {
        try await ServiceHarness.run { service in
            let port = try #require(service.base.split(separator: ":").last.flatMap { Int($0) })
            let second = try GlyphService(reader: nil)
            let fault = await #expect(throws: InputError.self) {
                try await second.run(host: "127.0.0.1", port: port)
            }
            #expect(fault?.location == "127.0.0.1:\(port)")
            #expect(fault?.problem == "cannot listen there: Address already in use")
            #expect(fault?.remedy?.contains("--port") == true)
        }
    }

    @Test("HEAD is answered as GET is, without a body", arguments: ["/", "/health", "/v1/models", "/v1/count", "/x"])
    func head(_ path: String) async throws {
        try await ServiceHarness.run { service in
            let differences = try await service.differencesOfHead(at: path)
            #expect(differences.isEmpty)
        }
    }

    @Test("other pages and foreign names are refused, and no response invites them")
    func origins() async throws {
        try await ServiceHarness.run { service in
            var foreign = service.request(.POST, "/v1/count", #"{"text":"a"}"#)
            foreign.headers.add(name: "Origin", value: "https://evil.example")
            #expect(try await service.send(foreign).error().code == "foreign_origin")
            var own = service.request(.POST, "/v1/count", #"{"text":"a"}"#)
            own.headers.add(name: "Origin", value: service.base)
            let answer = try await service.send(own)
            #expect(answer.status == 200)
            #expect(!answer.headers.contains(name: "Access-Control-Allow-Origin"))
            var named = service.request(.GET, "/v1/models")
            named.headers.add(name: "Host", value: "rebound.example")
            #expect(try await service.send(named).error().code == "foreign_host")
        }
    }

    @Test("every response forbids scripts from elsewhere", arguments: ["/", "/v1/models", "/nowhere"])
    func policy(_ path: String) async throws {
        try await ServiceHarness.run { service in
            let response = try await service.get(path)
            let policy = response.headers.first(name: "Content-Security-Policy") ?? ""
            #expect(policy.contains("default-src 'none'"))
            #expect(!policy.contains("unsafe"))
            #expect(response.headers.first(name: "X-Content-Type-Options") == "nosniff")
        }
    }

    @Test(
        "a path leads only to what is listed",
        arguments: ["/page/../index.html", "/page/%2e%2e/app.js", "/page/", "/etc/passwd", "//", "/page/app.js/x"]
    )
    func paths(_ path: String) async throws {
        try await ServiceHarness.run { service in
            let response = try await service.get(path)
            #expect(response.status == 404)
        }
    }

    @Test("a wrong method, type, size or text is a 4xx in OpenAI's shape", arguments: posts)
    func malformed(_ path: String) async throws {
        var limits = ServiceLimits()
        limits.bodyBytes = 4096
        try await ServiceHarness.run(limits: limits) { service in
            let wrongMethod = try await service.get(path)
            #expect(wrongMethod.status == 405)
            #expect(wrongMethod.headers.first(name: "Allow") == "POST")
            var untyped = service.request(.POST, path)
            untyped.body = .bytes(ByteBuffer(string: "{}"))
            #expect(try await service.send(untyped).status == 415)
            var packed = service.request(.POST, path, "{}")
            packed.headers.add(name: "Content-Encoding", value: "gzip")
            let unread = try await service.send(packed)
            #expect(unread.status == 415)
            #expect(try unread.error().message.contains("Content-Encoding"))
            let large = try await service.post(path, #"{"text":"\#(String(repeating: "a", count: 5000))"}"#)
            #expect(large.status == 413)
            let deep = String(repeating: "[", count: 2000)
            for body in ["", "{", "[]", "nul", "\u{FF}", #"{"text":"\uD800"}"#, deep, #"{"messages":1}"#] {
                let response = try await service.post(path, body)
                #expect(response.status == 400, "\(body.prefix(20)): \(response.text)")
                #expect(try response.error().message.isEmpty == false)
            }
        }
    }
}
