// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import AsyncHTTPClient
import Foundation
import GlyphAPI
import GlyphPage
import GlyphTestSupport
import NIOCore
import NIOHTTP1
import Testing

@testable import GlyphEngine

/// What the engine's server has of HTTP beside its answers; `GlyphServerTests` has the rest of it, which both share.
@Suite(.timeLimit(.minutes(2))) struct ServerConnectionTests {
    @Test("HEAD is answered as GET is, without a body", arguments: ["/health", "/v1/models", "/metrics", "/tokenize"])
    func head(_ path: String) async throws {
        try await ServerHarness.run { server in
            let differences = try await server.differencesOfHead(at: path)
            #expect(differences.isEmpty)
        }
    }

    @Test("the model is told by its name, and every other name does not exist")
    func model() async throws {
        try await ServerHarness.run { server in
            let answer = try await server.get("/v1/models/scripted")
            #expect(try answer.decode(ModelList.Model.self) == .init(id: "scripted", maxModelLength: 4096))
            for path in ["/v1/models/zai-org/Glyph", "/v1/models/zai-org%2FGlyph"] {
                let missing = try await server.get(path)
                #expect(missing.status == 404)
                let error = try missing.decode(APIError.self)
                #expect(error.code == "model_not_found")
                #expect(error.message == "The model `zai-org/Glyph` does not exist")
            }
            #expect(try await server.post("/v1/models/scripted", "{}").headers.first(name: "Allow") == "GET, HEAD")
        }
    }

    @Test("a body that hardly comes is a 408", arguments: ["/v1/chat/completions", "/tokenize"])
    func trickle(_ path: String) async throws {
        try await ServerHarness.run(bodyPatience: .milliseconds(500)) { server in
            var request = server.request(.POST, path, "")
            request.body = .stream(Stalled(), length: .known(Int64(100_000)))
            let response = try await server.send(request)
            #expect(response.status == 408)
            #expect(try response.decode(APIError.self).code == "body_timeout")
            #expect(response.headers.first(name: "Connection") == "close")
            #expect(try await server.ask().status == 200)
        }
    }

    @Test("a request with two hosts is refused, at a socket as well", arguments: [false, true])
    func hosts(_ isSocket: Bool) async throws {
        let path = NSTemporaryDirectory() + "glyph-hosts-\(ProcessInfo.processInfo.processIdentifier).sock"
        try await ServerHarness.run(socket: isSocket ? path : nil) { server in
            var request = server.request(.GET, "/health")
            request.headers.add(name: "Host", value: "127.0.0.1")
            request.headers.add(name: "Host", value: "127.0.0.1")
            let response = try await server.send(request)
            #expect(response.status == 400)
        }
        try? FileManager.default.removeItem(atPath: path)
    }

    @Test("a place that cannot be had is told in the system's words, with what to do")
    func places() async throws {
        try await ServerHarness.run { server in
            let port = try #require(server.base.split(separator: ":").last.flatMap { Int($0) })
            let folder = NSTemporaryDirectory() + "glyph-\(UUID())"
            for (address, location, problem, remedy) in [
                (EngineServer.Address.loopback(port: port), "127.0.0.1:\(port)", "Address already in use", "--port"),
                (.socket(path: folder + "/s"), folder + "/s", "No such file or directory", "--socket"),
            ] {
                let second = EngineServer(server.engine, server.prompts)
                let fault = await #expect(throws: InputError.self) { try await second.run(at: address) }
                #expect(fault?.location == location)
                #expect(fault?.problem == "cannot listen there: \(problem)")
                #expect(fault?.remedy?.contains(remedy) == true)
            }
        }
    }

    @Test("a socket's path that is too long is refused in plain words, before a model is loaded as well")
    func longPath() async throws {
        let path = "/tmp/" + String(repeating: "a", count: 99)
        let early = #expect(throws: InputError.self) { try EngineSocket(path: path).claim() }
        #expect(early?.problem == "cannot listen there: the path has 104 bytes")
        #expect(early?.expected == "at most 103")
        try await ServerHarness.run { server in
            let second = EngineServer(server.engine, server.prompts)
            let late = await #expect(throws: InputError.self) { try await second.run(at: .socket(path: path)) }
            #expect(late == early)
        }
    }
}

/// A body that begins and does not go on.
private struct Stalled: AsyncSequence, Sendable {
    func makeAsyncIterator() -> AsyncIterator { AsyncIterator() }

    struct AsyncIterator: AsyncIteratorProtocol {
        var hasBegun = false

        mutating func next() async throws -> ByteBuffer? {
            if hasBegun { try await Task.sleep(for: .seconds(60)) }
            hasBegun = true
            return ByteBuffer(string: "{")
        }
    }
}
