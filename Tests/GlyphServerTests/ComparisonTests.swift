// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphAPI
import GlyphPage
import GlyphReading
import GlyphTestSupport
import NIOHTTP1
import Synchronization
import Testing

@testable import GlyphServer

@Suite(.serialized, .timeLimit(.minutes(2))) struct ComparisonTests {
    private struct Answer: Decodable {
        struct Comparison: Decodable {
            var reader: String
            var answer: String
            var prompt_tokens: Int?
            var error: String?
        }
        var answer: String?
        var comparison: Comparison?
    }

    private static let text = ServiceHarness.prose(words: 3000)
    private static let body = #""text":"\#(text)","question":"What ran?","compare":true"#

    private static func script(_ text: String, _ tokens: Int) -> ScriptedReader.Script {
        let usage = Usage(promptTokens: tokens, completionTokens: 2)
        return .init([.text(text), .finished(ReadingSummary(finishReason: .stop, usage: usage))])
    }

    @Test("a reader of text gets the text and the same question, and both answers have their numbers")
    func both() async throws {
        let text = ScriptedReader([Self.script("The river.", 4000)])
        try await ServiceHarness.run(ScriptedReader([Self.script("A river.", 900)]), text: text) { service in
            #expect(try await service.get("/v1/options").text.contains(#""compares_with":"reads text""#))
            let response = try await service.post("/v1/ask", "{\(Self.body)}")
            let answer = try response.decode(Answer.self)
            #expect(answer.answer == "A river.")
            #expect(answer.comparison?.answer == "The river.")
            #expect(answer.comparison?.prompt_tokens == 4000)
            #expect(response.text.contains(#""prompt_tokens":900"#))
            let prompt = try #require(text.requests.first?.prompt)
            #expect(prompt.pages.isEmpty)
            #expect(prompt.question == Self.text + "\n\nWhat ran?")
        }
    }

    @Test("a stream tells when the first answer is complete, and then the second")
    func stream() async throws {
        let text = ScriptedReader([Self.script("The river.", 4000)])
        try await ServiceHarness.run(ScriptedReader([Self.script("A river.", 900)]), text: text) { service in
            let events = try await service.post("/v1/ask", #"{\#(Self.body),"stream":true}"#).events()
            #expect(events.map { $0.name ?? "" } == ["pages", "text", "answered", "comparison", "done"])
        }
    }

    @Test("a reader of text that fails leaves the answer from pages as it is, and says why")
    func failure() async throws {
        let fault = ReadingError(.contextExceeded, endpoint: "http://text", problem: "too long")
        try await ServiceHarness.run(
            ScriptedReader([.answer("yes")]),
            text: ScriptedReader([.init([], failure: fault)])
        ) { service in
            let response = try await service.post("/v1/ask", "{\(Self.body)}")
            #expect(response.status == 200)
            let answer = try response.decode(Answer.self)
            #expect(answer.answer == "yes")
            #expect(answer.comparison?.error?.contains("too long") == true)
        }
    }

    @Test("a client that leaves while it waits for the comparison finds its answer kept")
    func leaving() async throws {
        let text = WaitingReader()
        try await ServiceHarness.withFolder { folder in
            try await ServiceHarness.run(ScriptedReader([.answer("A river.")]), text: text, data: folder) { service in
                let request = service.request(.POST, "/v1/ask", #"{\#(Self.body),"keep":true}"#)
                let client = Task { try await service.send(request) }
                while !text.isAsked { try await Task.sleep(for: .milliseconds(5)) }
                client.cancel()
                let list = try await service.waitFor(#""state":"done""#, at: "/v1/jobs")
                #expect(list.contains(#""answer":"A river.""#))
                #expect(!list.contains(#""comparison""#))
                try await service.waitFor(#"glyph_places{kind="reading",state="running"} 0"#)
            }
        }
    }

    @Test("where nobody reads text a comparison is refused")
    func nobody() async throws {
        try await ServiceHarness.run { service in
            let response = try await service.post("/v1/ask", "{\(Self.body)}")
            #expect(response.status == 400)
            #expect(try response.error().param == "compare")
        }
    }
}

/// A reader that never answers, and tells whether it was asked.
private final class WaitingReader: Reader {
    private let asked = Mutex(false)

    var isAsked: Bool { asked.withLock { $0 } }

    func read(_ request: ReadingRequest) -> AsyncThrowingStream<ReadingEvent, any Error> {
        asked.withLock { $0 = true }
        return AsyncThrowingStream { _ in }
    }
}
