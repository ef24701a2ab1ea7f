// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import AsyncHTTPClient
import Foundation
import GlyphAPI
import GlyphPage
import GlyphTestSupport
import GlyphTokens
import NIOCore
import NIOHTTP1
import Testing

@testable import GlyphEngine

@Suite(.timeLimit(.minutes(2))) struct ServerFaultTests {
    private typealias Harness = ServerHarness

    /// One request that must be refused: body, status, field at fault, and words of the message.
    struct Refusal: Sendable, CustomTestStringConvertible {
        var body: String
        var param: String?
        var words: String
        var status = 400
        var code: String?

        var testDescription: String { "\(param ?? "-"): \(words)" }
    }

    private static let user = #"{"role":"user","content":"hi"}"#

    static func ask(_ fields: String) -> String { #"{"messages":[\#(user)],\#(fields)}"# }

    static func image(_ url: String) -> String {
        #"{"messages":[{"role":"user","content":[{"type":"text","text":"a"},"#
            + #"{"type":"image_url","image_url":{"url":"\#(url)"}}]}]}"#
    }

    static func png(_ bytes: [UInt8]) -> String { "data:image/png;base64," + Data(bytes).base64EncodedString() }

    private static let place = "messages[0].content[1].image_url.url"

    static let refusals: [Refusal] = [
        Refusal(body: "{", param: nil, words: "not valid JSON"),
        Refusal(body: String(repeating: "[", count: 100_000), param: nil, words: "deep"),
        Refusal(body: "{}", param: nil, words: "messages"),
        Refusal(body: #"{"messages":[]}"#, param: "messages", words: "none"),
        Refusal(
            body: #"{"messages":[{"role":"user","content":7}]}"#,
            param: "messages[0].content",
            words: "wrong type"
        ),
        Refusal(body: #"{"messages":[{"role":"robot","content":"a"}]}"#, param: "messages[0].role", words: "robot"),
        Refusal(body: #"{"messages":[{"role":"tool","content":"a"}]}"#, param: "messages[0].role", words: "tool"),
        Refusal(
            body: #"{"messages":[{"role":"user","content":[{"type":"audio"}]}]}"#,
            param: "messages[0].content[0].type",
            words: "audio"
        ),
        Refusal(body: ask(#""temperature":-1"#), param: "temperature", words: "0 to 100"),
        Refusal(body: ask(#""temperature":"hot""#), param: "temperature", words: "wrong type"),
        Refusal(body: ask(#""top_p":0"#), param: "top_p", words: "above 0"),
        Refusal(body: ask(#""max_tokens":0"#), param: "max_tokens", words: "1 or more"),
        Refusal(body: ask(#""max_tokens":1.5"#), param: "max_tokens", words: "expected a whole number"),
        Refusal(body: ask(#""max_tokens":9223372036854775808"#), param: "max_tokens", words: "a whole number"),
        Refusal(body: ask(#""seed":0.5"#), param: "seed", words: "expected a whole number"),
        Refusal(body: ask(#""stop":["\#(String(repeating: "a", count: 1025))"]"#), param: "stop", words: "1025 bytes"),
        Refusal(body: ask(#""top_logprobs":3"#), param: "top_logprobs", words: "without logprobs"),
        Refusal(body: ask(#""logprobs":true,"top_logprobs":21"#), param: "top_logprobs", words: "0 to 20"),
        Refusal(body: ask(#""stop":"""#), param: "stop", words: "0 bytes"),
        Refusal(body: ask(#""n":2"#), param: "n", words: "does not support"),
        Refusal(body: ask(#""tools":[{"type":"function"}]"#), param: "tools", words: "does not support"),
        Refusal(
            body: ask(#""response_format":{"type":"json_object"}"#),
            param: "response_format",
            words: "not support"
        ),
        Refusal(
            body: ask(#""model":"other""#),
            param: "model",
            words: "scripted",
            status: 404,
            code: "model_not_found"
        ),
        Refusal(
            body: ask(#""max_tokens":5000"#),
            param: "messages",
            words: "maximum context length is 4096",
            code: "context_length_exceeded"
        ),
        Refusal(body: image("https://example.org/a.png"), param: place, words: "data URL"),
        Refusal(body: image("data:image/png;base64,!!"), param: place, words: "data URL"),
        Refusal(body: image(png(Array("not an image".utf8))), param: place, words: "PNG, JPEG or WebP"),
        Refusal(body: image(png(Array(TestImages.png(shade: 3).dropLast(30)))), param: place, words: "cannot be read"),
        Refusal(body: image(png(TestImages.png(shade: 3, width: 30_000, height: 4))), param: place, words: "30000×4"),
        Refusal(
            body: image(png(TestImages.png(shade: 3, width: 16_000, height: 16_000, claimed: true))),
            param: place,
            words: "16000×16000"
        ),
        Refusal(
            body: image(png(TestImages.png(shade: 3, width: 4000, height: 2))),
            param: place,
            words: "long and thin"
        ),
    ]

    @Test("every fault of a request is a 4xx that names the field and says what would do", arguments: refusals)
    func refusal(_ refusal: Refusal) async throws {
        try await Harness.run { server in
            let response = try await server.post("/v1/chat/completions", refusal.body)
            #expect(response.status == refusal.status)
            let error = try response.decode(APIError.self)
            #expect(error.param == refusal.param)
            #expect(error.message.contains(refusal.words), "\(error.message)")
            #expect(error.type == (refusal.status == 404 ? "not_found_error" : "invalid_request_error"))
            if let code = refusal.code { #expect(error.code == code) }
            #expect(try await server.ask().status == 200)
        }
    }

    @Test("a prompt beyond the context is refused, and 10,000 images as well, and the server goes on")
    func tooMuch() async throws {
        try await Harness.run { server in
            let long = try await server.ask(String(repeating: "a", count: 5000))
            #expect(long.status == 400)
            #expect(try long.decode(APIError.self).code == "context_length_exceeded")
            let part = #"{"type":"image_url","image_url":{"url":"\#(Self.png(TestImages.png(shade: 1)))"}}"#
            let parts = [String](repeating: part, count: 10_000).joined(separator: ",")
            let many = try await server.post(
                "/v1/chat/completions",
                #"{"messages":[{"role":"user","content":[\#(parts)]}]}"#
            )
            #expect(many.status == 400)
            #expect(try many.decode(APIError.self).message.contains("10000 images"))
            #expect(try await server.ask().status == 200)
        }
    }

    @Test("a prompt that the encoder itself finds too long is beyond the context like any other")
    func tooLongForEncoder() async throws {
        try await Harness.run(encoder: LimitedPrompts(limit: 100)) { server in
            let image = ServerHarness.message(TestImages.png(shade: 1, width: 96, height: 96))
            for response in [
                try await server.post("/v1/chat/completions", #"{"messages":[\#(image)]}"#),
                try await server.ask(String(repeating: "a", count: 101)),
            ] {
                #expect(response.status == 400)
                let error = try response.decode(APIError.self)
                #expect(error.code == "context_length_exceeded")
                #expect(error.param == "messages")
                #expect(error.message.contains("maximum context length"))
            }
            #expect(try await server.ask().status == 200)
        }
    }

    @Test("a request that is too large gets a 413, whether it says its size or not")
    func tooLarge() async throws {
        var limits = ServerLimits()
        limits.bodyBytes = 10_000
        try await Harness.run(limits: limits) { server in
            let body = ByteBuffer(string: Self.ask(#""user":"\#(String(repeating: "a", count: 30_000))""#))
            var known = server.request(.POST, "/v1/chat/completions", "")
            known.body = .bytes(body)
            #expect(try await server.send(known).status == 413)
            var streamed = known
            streamed.body = .stream(Chunks(chunks: [body]), length: .unknown)
            let response = try await server.send(streamed)
            #expect(response.status == 413)
            #expect(try response.decode(APIError.self).code == "request_too_large")
            #expect(try await server.ask().status == 200)
        }
    }

    @Test("a full queue gets a 429 with Retry-After, and memory that could never be free a 400")
    func busy() async throws {
        var configuration = EngineConfiguration(keyValueBytes: 20 * 16 * 8)
        configuration.limits.maximumRunning = 1
        configuration.limits.maximumWaiting = 0
        try await Harness.run(answer: "x", pace: .milliseconds(2), configuration: configuration) { server in
            let never = try await server.ask("hi", #""max_tokens":1000"#)
            #expect(never.status == 400)
            #expect(try never.decode(APIError.self).code == "memory_budget_exceeded")
        }
        configuration.limits.maximumWaiting = 1
        try await Harness.run(answer: "x", pace: .milliseconds(2), configuration: configuration) { server in
            let slow = #""max_tokens":200,"ignore_eos":true"#
            let first = Task { try await server.ask("hi", slow).status }
            #expect(try await server.eventually { server.engine.metrics.running == 1 })
            let second = Task { try await server.ask("hi", slow).status }
            #expect(try await server.eventually { server.engine.metrics.waiting == 1 })
            let refused = try await server.ask("hi", slow)
            #expect(refused.status == 429)
            #expect(refused.headers.first(name: "retry-after").flatMap { Int($0) }.map { $0 >= 1 } == true)
            #expect(try refused.decode(APIError.self).type == "rate_limit_error")
            #expect(try await first.value == 200)
            #expect(try await second.value == 200)
        }
    }

    @Test("a failure of the model is a 500, or an error event once the stream has begun")
    func modelFailure() async throws {
        struct OutOfMemory: Error {}
        try await Harness.run { server in
            server.log.fail { if case .prefill = $0 { OutOfMemory() } else { nil } }
            let whole = try await server.ask()
            #expect(whole.status == 500)
            #expect(try whole.decode(APIError.self).type == "server_error")
            let streamed = try await server.ask("hi", #""stream":true"#)
            let last = try #require(try streamed.events().last)
            #expect(APIError(ifReportedIn: Array(last.data.utf8))?.message.contains("OutOfMemory") == true)
            server.log.fail { _ in nil }
            #expect(try await server.ask().status == 200)
        }
    }

    @Test("a stopping server tells requests in flight")
    func stopping() async throws {
        try await Harness.run(answer: "x", pace: .milliseconds(2)) { server in
            let request = Task { try await server.ask("hi", #""max_tokens":3000,"ignore_eos":true"#) }
            #expect(try await server.eventually { server.engine.metrics.running == 1 })
            await server.engine.stop()
            let response = try await request.value
            #expect(response.status == 503)
            #expect(try response.decode(APIError.self).code == "stopping")
            #expect(try await server.ask().status == 503)
        }
    }

    @Test("unknown paths, wrong methods, other content types and foreign hosts are refused")
    func routes() async throws {
        try await Harness.run { server in
            #expect(try await server.get("/v2").status == 404)
            let method = try await server.get("/v1/chat/completions")
            #expect(method.status == 405)
            #expect(method.headers.first(name: "allow") == "POST")
            #expect(try await server.post("/health", "{}").status == 405)
            var form = server.request(.POST, "/v1/chat/completions", Self.ask(#""n":1"#))
            form.headers.replaceOrAdd(name: "Content-Type", value: "text/plain")
            #expect(try await server.send(form).status == 415)
            var foreign = server.request(.GET, "/v1/models")
            foreign.headers.add(name: "Host", value: "evil.example")
            #expect(try await server.send(foreign).status == 403)
        }
    }

    @Test(
        "bad bodies of tokenize and detokenize are 400s",
        arguments: [
            ("/tokenize", "{}", "prompt"), ("/tokenize", #"{"prompt":"a","messages":[]}"#, "prompt"),
            ("/detokenize", #"{"tokens":[99999]}"#, "tokens"), ("/detokenize", #"{"tokens":"a"}"#, "tokens"),
            ("/detokenize", #"{"tokens":["a"]}"#, "tokens[0]"),
        ]
    )
    func tokenFaults(_ path: String, _ body: String, _ param: String) async throws {
        try await Harness.run { server in
            let response = try await server.post(path, body)
            #expect(response.status == 400)
            #expect(try response.decode(APIError.self).param == param)
        }
    }
}

/// The scripted prompts with a limit of their own, as the template of a checkpoint has.
private struct LimitedPrompts: PromptEncoder {
    let limit: Int
    private let scripted: ScriptedPrompts

    init(limit: Int) throws {
        self.limit = limit
        scripted = try ScriptedPrompts()
    }

    var tokenizer: Tokenizer { scripted.tokenizer }
    var defaults: SamplingParameters { scripted.defaults }

    func tokenCount(width: Int, height: Int) throws -> Int { try scripted.tokenCount(width: width, height: height) }

    func prompt(of turns: [EngineTurn], addsGenerationPrompt: Bool) throws -> EnginePrompt {
        let prompt = try scripted.prompt(of: turns, addsGenerationPrompt: addsGenerationPrompt)
        guard prompt.tokens.count <= limit else { throw InputError(at: "prompt", "it has more than \(limit) tokens") }
        return prompt
    }
}

/// A body whose length is not said.
private struct Chunks: AsyncSequence, Sendable {
    let chunks: [ByteBuffer]

    func makeAsyncIterator() -> AsyncIterator { AsyncIterator(rest: chunks[...]) }

    struct AsyncIterator: AsyncIteratorProtocol {
        var rest: ArraySlice<ByteBuffer>

        mutating func next() async -> ByteBuffer? { rest.popFirst() }
    }
}
