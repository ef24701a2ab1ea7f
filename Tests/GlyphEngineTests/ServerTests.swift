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

@Suite(.timeLimit(.minutes(2))) struct ServerTests {
    @Test("a whole answer has its text, its end and its token counts")
    func whole() async throws {
        try await ServerHarness.run { server in
            let response = try await server.ask("hi", #""max_tokens":50"#)
            #expect(response.status == 200)
            let answer = try response.decode(ChatCompletion.self)
            #expect(answer.object == "chat.completion")
            #expect(answer.model == "scripted")
            #expect(answer.id?.hasPrefix("chatcmpl-") == true)
            let choice = try #require(answer.choices.first)
            #expect(choice.message == AnswerPart(role: "assistant", content: "Well, é 漢."))
            #expect(choice.finishReason == "stop")
            #expect(answer.usage?.promptTokens == 4)
            #expect(answer.usage?.completionTokens == 14)
        }
    }

    @Test("a streamed answer comes in chunks that add up to the whole, with usage and [DONE]")
    func streamed() async throws {
        try await ServerHarness.run { server in
            let response = try await server.ask("hi", #""stream":true,"stream_options":{"include_usage":true}"#)
            #expect(response.headers.first(name: "content-type") == "text/event-stream; charset=utf-8")
            let (chunks, isDone) = try response.chunks()
            #expect(isDone)
            #expect(chunks.allSatisfy { $0.object == "chat.completion.chunk" && $0.id == chunks[0].id })
            #expect(chunks.first?.choices.first?.delta?.role == "assistant")
            let text = chunks.compactMap { $0.choices.first?.delta?.content }.joined()
            #expect(text == "Well, é 漢.")
            #expect(chunks.compactMap { $0.choices.first?.finishReason } == ["stop"])
            #expect(chunks.last?.choices.isEmpty == true)
            #expect(
                chunks.last?.usage
                    == Usage(promptTokens: 4, completionTokens: 14, cachedPromptTokens: 0, reasoningTokens: 0)
            )
        }
    }

    @Test("usage is streamed only if it was asked for")
    func noUsage() async throws {
        try await ServerHarness.run { server in
            let (chunks, isDone) = try await server.ask("hi", #""stream":true"#).chunks()
            #expect(isDone)
            #expect(chunks.allSatisfy { $0.usage == nil })
        }
    }

    @Test("thoughts come as reasoning_content, and log-probabilities with token ids")
    func reasoningAndLogprobs() async throws {
        try await ServerHarness.run(answer: "<think>hm</think>\nok") { server in
            let fields = #""logprobs":true,"top_logprobs":2"#
            let whole = try #require(try await server.ask("hi", fields).decode(ChatCompletion.self).choices.first)
            #expect(whole.message?.reasoningContent == "hm")
            #expect(whole.message?.content == "ok")
            let tokens = try #require(whole.logprobs?.content)
            #expect(tokens.count == 8)
            #expect(tokens[1].token == "h")
            #expect(tokens[1].tokenID == 104)
            #expect(tokens[1].bytes == [104])
            #expect(tokens[1].topLogprobs?.count == 2)
            #expect(tokens[1].topLogprobs?.first?.tokenID == 104)
            #expect(abs(tokens[1].logprob) < 1e-3)
            let (chunks, _) = try await server.ask("hi", fields + #","stream":true"#).chunks()
            let streamed = chunks.compactMap { $0.choices.first?.logprobs?.content }.flatMap { $0 }
            #expect(streamed == tokens)
            #expect(chunks.compactMap { $0.choices.first?.delta?.reasoningContent }.joined() == "hm")
        }
    }

    @Test("stop strings, limits and seeds act through the API")
    func sampling() async throws {
        try await ServerHarness.run { server in
            let stopped = try await server.ask("hi", #""stop":["l,"]"#).decode(ChatCompletion.self)
            #expect(stopped.choices.first?.message?.content == "Wel")
            let cut = try await server.ask("hi", #""max_completion_tokens":3"#).decode(ChatCompletion.self)
            #expect(cut.choices.first?.message?.content == "Wel")
            #expect(cut.choices.first?.finishReason == "length")
        }
        try await ServerHarness.run(answer: nil) { server in
            let fields = #""max_tokens":20,"temperature":1,"logprobs":true,"ignore_eos":true,"seed":"#
            func tokens(_ seed: Int) async throws -> [Int?] {
                let answer = try await server.ask("hi", fields + "\(seed)").decode(ChatCompletion.self)
                return answer.choices.first?.logprobs?.content?.map(\.tokenID) ?? []
            }
            let first = try await tokens(1)
            #expect(first.count == 20)
            #expect(try await tokens(1) == first)
            #expect(try await tokens(-2) != first)
        }
    }

    @Test("an image reaches the model, and a second question about it reads only the question")
    func images() async throws {
        try await ServerHarness.run { server in
            let page = TestImages.png(shade: 77, width: 64, height: 64)
            func ask(_ text: String) async throws -> Usage? {
                let body = #"{"messages":[\#(ServerHarness.message(page, text))]}"#
                return try await server.post("/v1/chat/completions", body).decode(ChatCompletion.self).usage
            }
            let first = try await ask("what?")
            #expect(first?.promptTokens == 1 + 64 + 5 + 1)
            #expect(first?.cachedPromptTokens == 0)
            #expect(try await ask("and then?")?.cachedPromptTokens == 64)
            #expect(server.log.calls.count { $0 == .encode } == 1)
        }
    }

    @Test("tokenize gives the ids that the model really receives, and detokenize turns them back")
    func tokens() async throws {
        try await ServerHarness.run { server in
            let page = TestImages.png(shade: 1, width: 16, height: 24)
            let body = #"{"messages":[\#(ServerHarness.message(page, "é"))]}"#
            let chat = try await server.post("/tokenize", body).decode(TokenizeResponse.self)
            let image = ScriptedPrompts.id("<|image|>")
            let expected = [257] + [Int32](repeating: image, count: 6) + [0xC3, 0xA9, 258]
            #expect(chat.tokens == expected)
            #expect(chat.count == 10)
            #expect(chat.maxModelLength == 4096)
            let text = try await server.post("/tokenize", #"{"prompt":"a<think>","return_token_strs":true}"#)
            #expect(try text.decode(TokenizeResponse.self).tokens == [97, 260])
            #expect(try text.decode(TokenizeResponse.self).tokenStrings == ["a", "<think>"])
            let back = try await server.post("/detokenize", #"{"tokens":[104,195,169,260]}"#)
            #expect(try back.decode(DetokenizeResponse.self).prompt == "hé<think>")
        }
    }

    @Test("models, health and metrics say what there is")
    func facts() async throws {
        try await ServerHarness.run { server in
            let models = try await server.get("/v1/models")
            #expect(try models.decode(ModelList.self).data == [.init(id: "scripted", maxModelLength: 4096)])
            #expect(models.text.contains(#""object":"model""#))
            #expect(try await server.get("/health").status == 200)
            _ = try await server.ask()
            let metrics = try await server.get("/metrics").text
            for line in [
                #"glyph_engine_requests_total{outcome="completed"} 1"#, "glyph_engine_completion_tokens_total 14",
                "glyph_engine_queue_seconds_count 1", "glyph_engine_prefill_seconds_count 1",
                "glyph_engine_decode_seconds_count 1", #"glyph_engine_queue_seconds_bucket{le="+Inf"} 1"#,
                "glyph_engine_running 0",
            ] {
                #expect(metrics.contains(line + "\n"))
            }
        }
    }

    @Test("several clients at once get the answers they get alone")
    func concurrent() async throws {
        try await ServerHarness.run(answer: nil) { server in
            let fields = #""max_tokens":24,"ignore_eos":true,"logprobs":true"#
            func tokens(_ index: Int) async throws -> [Int?] {
                let answer = try await server.ask("question \(index)", fields).decode(ChatCompletion.self)
                return answer.choices.first?.logprobs?.content?.map(\.tokenID) ?? []
            }
            var alone: [[Int?]] = []
            for index in 0..<8 { alone.append(try await tokens(index)) }
            let together = try await withThrowingTaskGroup(of: (Int, [Int?]).self) { group in
                for index in 0..<8 { group.addTask { (index, try await tokens(index)) } }
                return try await group.reduce(into: [Int: [Int?]]()) { $0[$1.0] = $1.1 }
            }
            for index in 0..<8 { #expect(together[index] == alone[index]) }
        }
    }

    @Test("it serves at a Unix socket, which is gone afterwards or replaced by the next")
    func socket() async throws {
        let path = NSTemporaryDirectory() + "glyph-\(ProcessInfo.processInfo.processIdentifier).sock"
        for _ in 0..<2 {
            try await ServerHarness.run(socket: path) { server in
                let response = try await server.ask()
                #expect(response.status == 200)
            }
        }
        try? FileManager.default.removeItem(atPath: path)
    }

    @Test("a client that leaves while its answer is streamed stops the work", arguments: [true, false])
    func disconnect(_ streams: Bool) async throws {
        try await ServerHarness.run(answer: "x", pace: .milliseconds(1)) { server in
            let body =
                #"{"messages":[{"role":"user","content":"hi"}],"max_tokens":4000,"ignore_eos":true,"stream":\#(streams)}"#
            let client = Task { try await server.post("/v1/chat/completions", body) }
            #expect(try await server.eventually { server.engine.metrics.completionTokens > 20 })
            client.cancel()
            #expect(try await server.eventually { server.engine.metrics.cancelled == 1 })
            let written = server.engine.metrics
            #expect(written.running == 0)
            #expect(written.blocksReserved == 0)
            #expect(written.completionTokens < 3000)
            let again = try await server.ask("again")
            #expect(again.status == 200)
        }
    }

    @Test("a client that leaves while its prompt waits or is read stops the work")
    func disconnectEarly() async throws {
        var configuration = EngineConfiguration()
        configuration.limits.chunk = 4
        configuration.limits.maximumRunning = 1
        try await ServerHarness.run(pace: .milliseconds(5), configuration: configuration) { server in
            let long = String(repeating: "word ", count: 200)
            let clients = (0..<2).map { _ in Task { try await server.ask(long) } }
            #expect(
                try await server.eventually {
                    let metrics = server.engine.metrics
                    return metrics.readSteps > 3 && metrics.waiting == 1
                }
            )
            for client in clients { client.cancel() }
            #expect(try await server.eventually { server.engine.metrics.cancelled == 2 })
            #expect(server.engine.metrics.readSteps < 200)
            let short = try await server.ask("short")
            #expect(short.status == 200)
        }
    }
}
