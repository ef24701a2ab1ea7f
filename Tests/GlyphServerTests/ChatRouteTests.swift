// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphAPI
import GlyphReading
import GlyphTestSupport
import Testing

@testable import GlyphServer

@Suite(.serialized, .timeLimit(.minutes(2))) struct ChatRouteTests {
    private static let path = "/v1/chat/completions"
    private static let long = ServiceHarness.prose(words: 3000)
    private static let image = "data:image/png;base64,iVBORw0KGgo="

    private static func body(_ content: String, _ fields: String = "") -> String {
        #"{"model":"glyph","messages":[{"role":"system","content":"Be brief."},"#
            + #"{"role":"user","content":\#(content)}]\#(fields)}"#
    }

    private static func parts(_ reader: ScriptedReader) throws -> [ContentPart] {
        let messages = try #require(reader.requests.last?.prompt.messages)
        #expect(messages.first == ChatMessage(role: .system, content: .text("Be brief.")))
        guard case .parts(let parts) = messages.last?.content else { return [] }
        return parts
    }

    @Test("a long text becomes pages, and its last paragraph stays the question")
    func compression() async throws {
        let reader = ScriptedReader([.answer("A river.")])
        try await ServiceHarness.run(reader) { service in
            let response = try await service.post(Self.path, Self.body(#""\#(Self.long)\n\nWhat ran?""#))
            #expect(response.status == 200, "\(response.text)")
            let completion = try response.decode(ChatCompletion.self)
            #expect(completion.choices.first?.message?.content == "A river.")
            #expect(completion.object == "chat.completion")
            #expect(response.text.contains(#""usage":{"glyph":{"compression":"#))
            let parts = try Self.parts(reader)
            #expect(parts.count > 2)
            #expect(parts.last == .text("What ran?"))
            #expect(parts.dropLast().allSatisfy { if case .image = $0 { true } else { false } })
        }
    }

    @Test("a reader that only thinks, or writes nothing, gives an answer without words, as OpenAI does")
    func wordless() async throws {
        var fault = ReadingError(.emptyAnswer, endpoint: "test", problem: "nothing")
        fault.summary = ReadingSummary(finishReason: .length, usage: Usage(promptTokens: 3, completionTokens: 5))
        let reader = ScriptedReader([.init([.reasoning("hm")], failure: fault)])
        try await ServiceHarness.run(reader) { service in
            let response = try await service.post(Self.path, Self.body(#""What ran?""#))
            #expect(response.status == 200, "\(response.text)")
            let choice = try #require(try response.decode(ChatCompletion.self).choices.first)
            #expect(choice.message?.content == "" && choice.message?.reasoningContent == "hm")
            #expect(choice.finishReason == "length")
        }
    }

    @Test("short texts and images of the client pass through, in their order")
    func passing() async throws {
        let reader = ScriptedReader([.answer("yes")])
        let content =
            #"[{"type":"text","text":"one"},{"type":"image_url","image_url":{"url":"\#(Self.image)"}},"#
            + #"{"type":"text","text":"two"}]"#
        try await ServiceHarness.run(reader) { service in
            let response = try await service.post(Self.path, Self.body(content))
            #expect(response.status == 200)
            #expect(try Self.parts(reader) == [.text("one"), .image(ImageURL(url: Self.image)), .text("two")])
        }
    }

    @Test(
        "the glyph object decides what becomes pages",
        arguments: [
            (#","glyph":{"enabled":false}"#, 0), (#","glyph":{"threshold":100000}"#, 0),
            (#","glyph":{"preset":"dense","threshold":10}"#, 1), (#","glyph":null"#, 1),
        ]
    )
    func control(_ fields: String, _ atLeast: Int) async throws {
        let reader = ScriptedReader([.answer("yes")])
        try await ServiceHarness.run(reader) { service in
            let response = try await service.post(Self.path, Self.body(#""\#(Self.long)""#, fields))
            #expect(response.status == 200, "\(response.text)")
            let images = try Self.parts(reader).count { if case .image = $0 { true } else { false } }
            #expect(atLeast == 0 ? images == 0 : images >= atLeast)
        }
    }

    @Test("a stream has a role, the words, a reason, the usage and its end")
    func stream() async throws {
        let summary = ReadingSummary(finishReason: .stop, usage: Usage(promptTokens: 9, completionTokens: 2))
        let script = ScriptedReader.Script([.reasoning("hm"), .text("A "), .text("river."), .finished(summary)])
        try await ServiceHarness.run(ScriptedReader([script])) { service in
            let fields = #","stream":true,"stream_options":{"include_usage":true}"#
            let events = try await service.post(Self.path, Self.body(#""\#(Self.long)""#, fields)).events()
            #expect(events.last?.data == ServerSentEvents.done)
            let chunks = try events.dropLast().map {
                try WireJSON.decode(ChatCompletion.self, from: Array($0.data.utf8), at: "chunk")
            }
            #expect(chunks.first?.choices.first?.delta?.role == "assistant")
            #expect(chunks.compactMap { $0.choices.first?.delta?.content }.joined() == "A river.")
            #expect(chunks.compactMap { $0.choices.first?.delta?.reasoningContent } == ["hm"])
            #expect(chunks.compactMap { $0.choices.first?.finishReason } == ["stop"])
            #expect(chunks.last?.usage?.promptTokens == 9)
            #expect(Set(chunks.map(\.id)).count == 1)
        }
    }

    @Test(
        "a bad request is a 4xx in OpenAI's shape",
        arguments: [
            (#""hi""#, #","tools":[{"type":"function"}]"#, 400), (#""hi""#, #","temperature":9"#, 400),
            (#""hi""#, #","max_tokens":0"#, 400), (#""hi""#, #","logprobs":true"#, 400),
            (#""hi""#, #","glyph":{"preset":"x"}"#, 400), (#""hi""#, #","glyph":{"nope":1}"#, 400),
            (#""hi""#, #","glyph":{"render":{"font-path":"/etc/passwd"}}"#, 400), ("7", "", 400),
            (#"[{"type":"video"}]"#, "", 400),
        ]
    )
    func bad(_ content: String, _ fields: String, _ status: Int) async throws {
        try await ServiceHarness.run { service in
            let response = try await service.post(Self.path, Self.body(content, fields))
            #expect(response.status == status, "\(response.text)")
            #expect(try response.error().type == "invalid_request_error")
        }
    }

    @Test(
        "what the reader finds wrong with a request is told in its own words, with the field at fault",
        arguments: [
            ("messages[1].content[0].image_url.url: not a base64 data URL", "messages[1].content[0].image_url.url"),
            ("messages[1].role: 'tool'; expected system, user or assistant", "messages[1].role"),
            ("images: too many of them [9]", nil), ("it is not allowed", nil),
        ] as [(String, String?)]
    )
    func refusal(_ words: String, _ param: String?) async throws {
        let body = #"{"error":{"message":"\#(words)","type":"invalid_request_error","param":null,"code":null}}"#
        try await FaultServer.run([.json(body, status: 400)]) { server in
            let reader = EndpointReader(
                .init(endpoint: try Endpoint(server.url), model: "m", retries: RetryPolicy(seed: 1))
            )
            try await ServiceHarness.run(reader) { service in
                let response = try await service.post(Self.path, Self.body(#""hi""#))
                #expect(response.status == 400)
                let error = try response.error()
                #expect(error.message == words)
                #expect(error.param == param)
                #expect(error.code == "reader_refused")
            }
        }
    }

    @Test("the field that the reader names is the one at fault, if a request has such a field")
    func refusedField() async throws {
        for (param, told) in [("temperature", "temperature"), ("engine.slots", nil)] as [(String, String?)] {
            let report = APIError(message: "too high (HTTP 400): 3 [x]", param: param, code: "c")
            let failure = ReadingError(.badRequest, endpoint: "reader", problem: "no", status: 400, report: report)
            try await ServiceHarness.run(ScriptedReader([.init([], failure: failure)])) { service in
                let error = try await service.post(Self.path, Self.body(#""hi""#)).error()
                #expect(error.message == report.message)
                #expect(error.param == told)
            }
        }
    }

    @Test(
        "a number that is not whole where one is wanted, and stop strings beyond the limits, are told with their field",
        arguments: [
            (#""max_tokens":1.5"#, "max_tokens"), (#""max_completion_tokens":2.25"#, "max_completion_tokens"),
            (#""seed":9223372036854775808"#, "seed"), (#""top_k":0.5,"seed":9223372036854775807"#, "top_k"),
            (#""stop":["a",""]"#, "stop"),
        ]
    )
    func fields(_ fields: String, _ param: String) async throws {
        try await ServiceHarness.run { service in
            let response = try await service.post(Self.path, Self.body(#""hi""#, ",\(fields)"))
            #expect(response.status == 400)
            #expect(try response.error().param == param, "\(response.text)")
        }
    }

    @Test("the socket of an engine on this machine is not told")
    func socket() async throws {
        let endpoint = "http+unix://%2Ftmp%2Fglyph-a%2Fengine.sock/v1/chat/completions"
        let failure = ReadingError(.engineFailure, endpoint: endpoint, problem: "the engine ended")
        try await ServiceHarness.run(ScriptedReader([.init([], failure: failure)])) { service in
            let response = try await service.post(Self.path, Self.body(#""hi""#))
            #expect(response.status == 503)
            #expect(try response.error().message == "the reader cannot answer: the engine ended")
        }
    }

    @Test("another model is a 404 as at OpenAI")
    func model() async throws {
        try await ServiceHarness.run { service in
            let body = #"{"model":"gpt-4o","messages":[{"role":"user","content":"hi"}]}"#
            let response = try await service.post(Self.path, body)
            #expect(response.status == 404)
            #expect(try response.error().code == "model_not_found")
        }
    }

    @Test(
        "a question is the last paragraph, if it is short and not all there is",
        arguments: [
            ("a\n\nb?", "a", "b?"), ("a\n\nb?\n\n", "a", "b?"), ("a\n \n\nb?", "a", "b?"), ("one", "one", nil),
            ("\n\nb?", "\n\nb?", nil), ("a\r\n\r\nb?\r\n", "a", "b?"), ("a\nb?", "a\nb?", nil),
            ("a\n\nb\nc?", "a", "b\nc?"), ("a\n\n\n\nb\n\nc?", "a\n\n\n\nb", "c?"),
        ] as [(String, String, String?)]
    )
    func splitting(_ text: String, _ document: String, _ question: String?) {
        let (found, rest) = ChatCompression.split(text)
        #expect(found == document)
        #expect(rest == question)
    }

    @Test("a last paragraph of a whole page is no question")
    func longParagraph() {
        let text = "a\n\n" + String(repeating: "b", count: ChatCompression.questionBytes + 1)
        #expect(ChatCompression.split(text).question == nil)
    }
}
