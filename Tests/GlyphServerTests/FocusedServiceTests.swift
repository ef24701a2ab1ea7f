// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphAPI
import GlyphPage
import GlyphReading
import GlyphTestSupport
import Testing

@testable import GlyphServer

@Suite(.serialized, .timeLimit(.minutes(2))) struct FocusedServiceTests {
    private struct Answer: Decodable {
        struct Focus: Decodable {
            var pages: [Int]
            var chosen: String
            var because: String?
            var coarse_tokens: Int
            var close_tokens: Int
        }
        struct Usage: Decodable { var visual_tokens: Int }
        var answer: String?
        var focus: Focus?
        var usage: Usage
        var prompt_tokens: Int?
    }

    private static func script(_ text: String) -> ScriptedReader.Script {
        let usage = Usage(promptTokens: 70, completionTokens: 2)
        return .init([.text(text), .finished(ReadingSummary(finishReason: .stop, usage: usage))])
    }

    private static let body =
        #""text":"\#(ServiceHarness.prose(words: 6000))","question":"What ran?","strategy":"focus","focus_pages":2"#

    @Test("all pages are read coarse first, and then those that the reader names closely")
    func twoPasses() async throws {
        let reader = ScriptedReader([Self.script("2"), Self.script("A river.")])
        try await ServiceHarness.run(reader) { service in
            let answer = try await service.post("/v1/ask", "{\(Self.body)}").decode(Answer.self)
            try #require(reader.requests.count == 2)
            let (coarse, close) = (reader.requests[0].prompt.pages, reader.requests[1].prompt.pages)
            #expect(coarse.count > 2)
            #expect((1...2).contains(close.count))
            #expect(coarse[0].width < close[0].width)
            #expect(answer.answer == "A river.")
            #expect(answer.focus?.chosen == "named")
            #expect(answer.focus?.pages == close.map(\.number))
            #expect(answer.prompt_tokens == 140)
            let focus = try #require(answer.focus)
            #expect(focus.coarse_tokens > 0 && focus.close_tokens > 0)
            #expect(answer.usage.visual_tokens == focus.coarse_tokens + focus.close_tokens)
        }
    }

    @Test("a stream tells which pages are read closely before their answer, and a job does in its result")
    func told() async throws {
        let scripts = [Self.script("2"), Self.script("A river."), Self.script("1"), Self.script("A river.")]
        try await ServiceHarness.withFolder { folder in
            try await ServiceHarness.run(ScriptedReader(scripts), data: folder) { service in
                let events = try await service.post("/v1/ask", #"{\#(Self.body),"stream":true}"#).events()
                #expect(events.map { $0.name ?? "" } == ["pages", "windows", "focus", "text", "done"])
                _ = try await service.post("/v1/jobs", "{\(Self.body)}")
                let list = try await service.waitFor(#""state":"done""#, at: "/v1/jobs")
                #expect(list.contains(#""chosen":"named""#))
            }
        }
    }

    @Test("a first pass that names nothing is followed by all pages, and the answer says why")
    func everything() async throws {
        let reader = ScriptedReader([Self.script("I cannot tell."), Self.script("A river.")])
        try await ServiceHarness.run(reader) { service in
            let answer = try await service.post("/v1/ask", "{\(Self.body)}").decode(Answer.self)
            #expect(answer.focus?.chosen == "all")
            #expect(answer.focus?.because?.contains("I cannot tell") == true)
            #expect(reader.requests.last?.prompt.pages.count == reader.requests.first?.prompt.pages.count)
        }
    }

    @Test("a first pass that used up its tokens names nothing, too")
    func cutFirstPass() async throws {
        var cut = ReadingError(.emptyAnswer, endpoint: "test", problem: "nothing")
        cut.summary = ReadingSummary(finishReason: .length)
        let reader = ScriptedReader([.init([], failure: cut), Self.script("A river.")])
        try await ServiceHarness.run(reader) { service in
            let answer = try await service.post("/v1/ask", "{\(Self.body)}").decode(Answer.self)
            #expect(answer.answer == "A river." && answer.focus?.chosen == "all")
        }
    }

    @Test("of few pages all are read closely at once")
    func fewPages() async throws {
        let reader = ScriptedReader([Self.script("yes")])
        try await ServiceHarness.run(reader) { service in
            let body = #"{"text":"a","question":"q","strategy":"focus"}"#
            let answer = try await service.post("/v1/ask", body).decode(Answer.self)
            #expect(reader.requests.count == 1)
            #expect(answer.focus?.coarse_tokens == 0)
        }
    }

    @Test(
        "what cannot be focused is a 400 that names the field",
        arguments: [
            (#","render":{"dpi":40}"#, "strategy"), (#","focus_pages":0"#, "focus_pages"),
            (#","strategy":"x""#, "strategy"),
        ]
    )
    func bad(_ fields: String, _ param: String) async throws {
        try await ServiceHarness.run { service in
            let response = try await service.post("/v1/ask", "{\(Self.body)\(fields)}")
            #expect(response.status == 400, "\(response.text)")
            #expect(try response.error().param == param)
        }
    }
}
