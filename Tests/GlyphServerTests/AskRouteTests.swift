// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import AsyncHTTPClient
import GlyphAPI
import GlyphPage
import GlyphReading
import GlyphTestSupport
import NIOHTTP1
import Testing

@testable import GlyphServer

@Suite(.serialized, .timeLimit(.minutes(2))) struct AskRouteTests {
    private static let body = #""text":"\#(ServiceHarness.prose(words: 5000))","question":"What ran?""#

    private static func script(_ text: String...) -> ScriptedReader.Script {
        let summary = ReadingSummary(
            finishReason: .stop,
            usage: Usage(promptTokens: 70, completionTokens: 2),
            model: "scripted",
            timeToFirstToken: .milliseconds(5)
        )
        return .init([.reasoning("hm")] + text.map { .text($0) } + [.finished(summary)])
    }

    @Test("the reader sees every page in order and then the question")
    func prompt() async throws {
        let reader = ScriptedReader([Self.script("A river.")])
        try await ServiceHarness.run(reader) { service in
            let response = try await service.post("/v1/ask", "{\(Self.body)}")
            #expect(response.status == 200)
            #expect(response.text.contains(#""answer":"A river.""#))
            #expect(response.text.contains(#""prompt_tokens":70"#))
            let prompt = try #require(reader.requests.first?.prompt)
            #expect(prompt.question == "What ran?")
            #expect(prompt.pages.count > 1)
            #expect(prompt.pages.map(\.number) == Array(1...prompt.pages.count))
        }
    }

    @Test("a stream tells of pages, pictures, thoughts, words and numbers, in this order")
    func stream() async throws {
        try await ServiceHarness.run(ScriptedReader([Self.script("A ", "river.")])) { service in
            let response = try await service.post("/v1/ask", #"{\#(Self.body),"stream":true,"pictures":true}"#)
            let events = try response.events()
            let names = events.map { $0.name ?? "" }
            #expect(names.first == "pages")
            #expect(names.filter { $0 != "picture" } == ["pages", "reasoning", "text", "text", "done"])
            #expect(names.count(where: { $0 == "picture" }) > 1)
            #expect(events.last?.data.contains(#""compression""#) == true)
        }
    }

    @Test(
        "what a reader refuses gets its status, also where a stream was asked for",
        arguments: [
            (ReadingError.Kind.contextExceeded, 400), (.rateLimited, 429), (.unauthorized, 502), (.refused, 502),
            (.timedOut, 504), (.engineFailure, 503),
        ]
    )
    func failures(_ kind: ReadingError.Kind, _ status: Int) async throws {
        let failure = ReadingError(kind, endpoint: "http://reader", problem: "no")
        try await ServiceHarness.run(ScriptedReader([.init([], failure: failure)])) { service in
            let response = try await service.post("/v1/ask", "{\(Self.body)}")
            #expect(response.status == status)
            #expect((response.headers.first(name: "Retry-After") != nil) == (status == 429))
        }
        try await ServiceHarness.run(ScriptedReader([.init([.text("A")], failure: failure)])) { service in
            let events = try await service.post("/v1/ask", #"{\#(Self.body),"stream":true}"#).events()
            #expect(events.last?.data.contains(#""error""#) == true)
            try await service.waitFor(#"glyph_readings_total{outcome="failed"} 1"#)
            #expect(try await service.get("/health").status == 200)
        }
    }

    @Test("a client that leaves frees its place for the next one")
    func vanishing() async throws {
        var limits = ServiceLimits()
        limits.readings = 1
        try await ServiceHarness.run(EndlessReader(), limits: limits) { service in
            let request = service.request(.POST, "/v1/ask", #"{\#(Self.body),"stream":true}"#)
            let client = Task { try await service.send(request) }
            try await service.waitFor(#"glyph_places{kind="reading",state="running"} 1"#)
            client.cancel()
            try await service.waitFor(#"glyph_places{kind="reading",state="running"} 0"#)
            try await service.waitFor(#"glyph_readings_total{outcome="cancelled"} 1"#)
        }
    }

    @Test("a client that leaves while it waits frees its place in the queue, and one too many gets 429")
    func queue() async throws {
        var limits = ServiceLimits()
        (limits.readings, limits.waitingReadings) = (1, 1)
        try await ServiceHarness.run(EndlessReader(), limits: limits) { service in
            let request = service.request(.POST, "/v1/ask", #"{\#(Self.body),"stream":true}"#)
            let first = Task { try await service.send(request) }
            try await service.waitFor(#"glyph_places{kind="reading",state="running"} 1"#)
            let second = Task { try await service.send(request) }
            try await service.waitFor(#"glyph_places{kind="reading",state="waiting"} 1"#)
            for path in ["/v1/ask", "/v1/chat/completions"] {
                let body = path == "/v1/ask" ? "{\(Self.body)}" : #"{"messages":[{"role":"user","content":"hi"}]}"#
                let third = try await service.post(path, body)
                #expect(third.status == 429)
                #expect(third.headers.first(name: "Retry-After") == "5")
                #expect(try third.error().code == "queue_full")
            }
            second.cancel()
            try await service.waitFor(#"glyph_places{kind="reading",state="waiting"} 0"#)
            first.cancel()
            try await service.waitFor(#"glyph_places{kind="reading",state="running"} 0"#)
        }
    }

    @Test("an answer that takes too long ends with an error")
    func tooLong() async throws {
        var limits = ServiceLimits()
        limits.readingSeconds = 1
        try await ServiceHarness.run(EndlessReader(), limits: limits) { service in
            let response = try await service.post("/v1/ask", "{\(Self.body)}")
            #expect(response.status == 504)
            #expect(try response.error().code == "reading_timeout")
        }
    }

    @Test("without a reader documents are still drawn, and questions get 503")
    func noReader() async throws {
        try await ServiceHarness.run(nil) { service in
            let drawn = try await service.post("/v1/count", #"{"text":"a"}"#)
            #expect(drawn.status == 200)
            #expect(try await service.post("/v1/ask", "{\(Self.body)}").error().code == "no_reader")
            #expect(try await service.get("/v1/options").text.contains(#""can_ask":false"#))
        }
    }

    @Test(
        "a bad question is a 400 that names the field",
        arguments: [
            (#""text":"a""#, "question"), (#""text":"a","question":"  ""#, "question"),
            (#""text":"a","question":"q","max_tokens":0"#, "max_tokens"),
            (#""text":"a","question":"q","temperature":3"#, "temperature"),
            (#""text":"a","question":"q","stream":1"#, "stream"), (#""text":"a","question":"q","seed":0.5"#, "seed"),
        ]
    )
    func badQuestions(_ fields: String, _ param: String) async throws {
        try await ServiceHarness.run { service in
            let response = try await service.post("/v1/ask", "{\(fields)}")
            #expect(response.status == 400)
            #expect(try response.error().param == param)
        }
    }
}
