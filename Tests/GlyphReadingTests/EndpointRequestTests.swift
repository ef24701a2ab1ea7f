// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphAPI
import GlyphPage
import GlyphReading
import GlyphTestSupport
import Testing

@Suite(.timeLimit(.minutes(1))) struct EndpointRequestTests {
    @Test("the server sees every page in order, then the question, the key and the settings")
    func body() async throws {
        try await FaultServer.run([.answer("yes")]) { server in
            let sampling = Sampling(
                maximumTokens: 9,
                temperature: 0,
                topP: 0.5,
                topK: 4,
                seed: 11,
                stop: ["END"]
            )
            let request = try Samples.request(sampling: sampling)
            _ = try await Samples.reader(server.url).answer(to: request)

            let seen = try #require(server.requests.first)
            #expect(seen.method == "POST")
            #expect(seen.path == "/v1/chat/completions")
            #expect(seen.headers["authorization"] == "Bearer \(Samples.key)")
            #expect(seen.headers["content-type"] == "application/json")
            let chat = try WireJSON.decode(ChatRequest.self, from: seen.body, at: "request")
            #expect(chat.model == "tiny")
            #expect(chat.messages.count == 1)
            guard case .parts(let parts) = chat.messages[0].content else {
                Issue.record("the content is not made of parts")
                return
            }
            let pages = try parts.dropLast().map { part -> [UInt8] in
                guard case .image(let image) = part else { throw InputError(at: "part", "not an image") }
                return try image.bytes()
            }
            #expect(pages == Samples.pages(1, 2, 3).map(\.png))
            #expect(parts.last == .text("What is it?"))
            #expect(chat.maxTokens == 9 && chat.temperature == 0 && chat.topP == 0.5 && chat.topK == 4)
            #expect(chat.seed == 11 && chat.stop == ["END"])
            #expect(chat.stream == true && chat.streamOptions?.includeUsage == true)
        }
    }

    @Test("two questions about the same pages share their bytes up to the question")
    func stablePrefix() async throws {
        try await FaultServer.run([.answer("a"), .answer("b")]) { server in
            let reader = try Samples.reader(server.url)
            _ = try await reader.answer(to: Samples.request(question: "First?"))
            _ = try await reader.answer(to: Samples.request(question: "Second?"))
            let bodies = server.requests.map { String(decoding: $0.body, as: UTF8.self) }
            let prefixes = try bodies.map { body in
                body[..<(try #require(body.firstRange(of: #""text":""#)).upperBound)]
            }
            #expect(prefixes[0] == prefixes[1])
            #expect(prefixes[0].contains("image_url"))
        }
    }

    @Test("settings that were not chosen are not sent")
    func defaults() async throws {
        try await FaultServer.run([.answer("a")]) { server in
            _ = try await Samples.reader(server.url).answer(to: Samples.request())
            let body = String(decoding: try #require(server.requests.first).body, as: UTF8.self)
            for name in ["max_tokens", "temperature", "top_p", "top_k", "seed", "stop\"", "null"] {
                #expect(!body.contains(name), "\(name)")
            }
        }
    }

    @Test("an answer over a Unix socket is the same")
    func unixSocket() async throws {
        let path = "/tmp/glyph-test-\(UInt32.random(in: 0 ... .max)).sock"
        try await FaultServer.run([.answer("by ", "socket")], socket: path) { server in
            let answer = try await Samples.reader(server.url).answer(to: Samples.request())
            #expect(answer.text == "by socket")
            #expect(server.requests.first?.path == "/v1/chat/completions")
        }
    }

    @Test("the only model is found once and used from then on")
    func onlyModel() async throws {
        let list = FaultResponse.json(#"{"data":[{"id":"the-one","max_model_len":4096}]}"#)
        try await FaultServer.run([list, .answer("a"), .answer("b")]) { server in
            let reader = try Samples.reader(server.url, model: nil)
            _ = try await reader.answer(to: Samples.request())
            _ = try await reader.answer(to: Samples.request())
            #expect(server.requests.map(\.path) == ["/v1/models", "/v1/chat/completions", "/v1/chat/completions"])
            #expect(server.requests.first?.headers["authorization"] == "Bearer \(Samples.key)")
            let chat = try WireJSON.decode(ChatRequest.self, from: server.requests[2].body, at: "request")
            #expect(chat.model == "the-one")
        }
    }

    @Test("with several models, or none, the error lists what there is")
    func ambiguousModel() async throws {
        let several = FaultResponse.json(#"{"data":[{"id":"a"},{"id":"b"}]}"#)
        try await FaultServer.run([several, .json(#"{"data":[]}"#)]) { server in
            let reader = try Samples.reader(server.url, model: nil)
            let first = await reader.failure(of: try Samples.request())
            #expect(first?.kind == .ambiguousModel)
            #expect(
                first?.description
                    == "\(server.url)/v1/models: no model was named, and the server offers 2 models: a, b. "
                    + "Name the model to use."
            )
            #expect(await reader.failure(of: try Samples.request())?.problem.contains("lists no models") == true)
        }
    }
}
