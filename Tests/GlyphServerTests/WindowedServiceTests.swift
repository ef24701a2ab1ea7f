// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import AsyncHTTPClient
import GlyphAPI
import GlyphPage
import GlyphReading
import GlyphTestSupport
import NIOHTTP1
import Synchronization
import Testing

@testable import GlyphServer

/// Models that were trained for Glyph see one page at a time, and the service reads with them as they want it.
@Suite(.serialized, .timeLimit(.minutes(2))) struct WindowedServiceTests {
    private static let card = ReadingCard(preset: "dense", window: 1, absent: "The text does not say.")
    private static let text = ServiceHarness.prose(words: 6000)

    @Test("every page is asked by itself, and the answer says where it was read")
    func ask() async throws {
        let reader = PageReader(knowing: 2)
        try await ServiceHarness.run(reader, card: Self.card) { service in
            let response = try await service.post("/v1/ask", #"{"text":"\#(Self.text)","question":"What ran?"}"#)
            #expect(response.text.contains(#""answer":"A river.""#))
            let count = reader.pages.count
            #expect(count > 2)
            #expect(reader.pages.sorted() == Array(1...count))
            #expect(response.text.contains(#""windows":{"count":\#(count),"found":true,"pages":[2,2]}"#))
            #expect(response.text.contains(#""prompt_tokens":\#(count * 70)"#))
        }
    }

    @Test("a stream tells how far it has come, and then the answer")
    func stream() async throws {
        let reader = PageReader(knowing: 1)
        try await ServiceHarness.run(reader, card: Self.card) { service in
            let body = #"{"text":"\#(Self.text)","question":"What ran?","stream":true}"#
            let events = try await service.post("/v1/ask", body).events()
            let names = events.map { $0.name ?? "" }
            let windows = names.count { $0 == "windows" }
            #expect(windows == reader.pages.count)
            #expect(names == ["pages"] + Array(repeating: "windows", count: windows) + ["text", "done"])
            #expect(events[1].data == #"{"count":\#(windows),"done":1}"#)
        }
    }

    @Test("where no page has an answer, the model's own words for that are the answer")
    func absent() async throws {
        try await ServiceHarness.run(PageReader(knowing: 1000), card: Self.card) { service in
            let response = try await service.post("/v1/ask", #"{"text":"\#(Self.text)","question":"What ran?"}"#)
            #expect(response.text.contains(#""answer":"The text does not say.""#))
            #expect(response.text.contains(#""found":false"#))
            #expect(!response.text.contains(#""pages":[1"#))
        }
    }

    @Test("a chat with a long text is read in the same way, whole and streamed", arguments: [false, true])
    func chat(_ streams: Bool) async throws {
        let reader = PageReader(knowing: 2)
        try await ServiceHarness.run(reader, card: Self.card) { service in
            let body =
                #"{"messages":[{"role":"user","content":"\#(Self.text)\n\nWhat ran?"}],"stream":\#(streams),"#
                + #""stream_options":{"include_usage":true}}"#
            let response = try await service.post("/v1/chat/completions", body)
            #expect(response.status == 200, "\(response.text)")
            #expect(response.text.contains(#""content":"A river.""#))
            #expect(response.text.contains(#""windows":{"count":\#(reader.pages.count),"found":true,"pages":[2,2]}"#))
            #expect(reader.questions == ["What ran?"])
        }
    }

    @Test("a chat without a document, or without a question, is refused by a reader of pages")
    func otherChats() async throws {
        let reader = ScriptedReader([.answer("hello")])
        try await ServiceHarness.run(reader, card: Self.card) { service in
            for text in ["hi", Self.text] {
                let body = #"{"messages":[{"role":"user","content":"\#(text)"}]}"#
                let refused = try await service.post("/v1/chat/completions", body)
                #expect(refused.status == 400)
                #expect(try refused.error().param == "messages")
            }
        }
        #expect(reader.requests.isEmpty)
    }

    @Test("what the page offers is what the model takes")
    func offer() async throws {
        struct Options: Decodable {
            struct Card: Decodable {
                var preset: String
                var window: Int
                var tasks: [String]
            }
            var card: Card?
        }
        try await ServiceHarness.run(ScriptedReader([]), card: Self.card) { service in
            let card = try await service.get("/v1/options").decode(Options.self).card
            #expect(card?.preset == "dense" && card?.window == 1 && (card?.tasks.count ?? 0) > 1)
        }
        var quoting = Self.card
        (quoting.transcribe, quoting.quote) = ("Write it down.", 9)
        try await ServiceHarness.run(ScriptedReader([]), card: quoting) { service in
            let tasks = try await service.get("/v1/options").decode(Options.self).card?.tasks
            #expect(tasks == ["transcribe"])
        }
        try await ServiceHarness.run(ScriptedReader([])) { service in
            let card = try await service.get("/v1/options").decode(Options.self).card
            #expect(card == nil)
        }
    }

    @Test(
        "what the model was not trained for is a 400 that names the field",
        arguments: [
            (#""strategy":"whole""#, "strategy"), (#""preset":"readable""#, "preset"), (#""task":"contract""#, "task"),
        ]
    )
    func untrained(_ field: String, _ param: String) async throws {
        var card = Self.card
        (card.transcribe, card.quote) = ("Write it down.", 9)
        let reader = ScriptedReader([])
        try await ServiceHarness.withFolder { [card] folder in
            try await ServiceHarness.run(reader, card: card, data: folder) { service in
                for path in ["/v1/ask", "/v1/jobs"] {
                    let response = try await service.post(path, #"{"text":"a","question":"What ran?",\#(field)}"#)
                    #expect(response.status == 400, "\(response.text)")
                    #expect(try response.error().param == param)
                }
                guard param != "task" else { return }
                let chat = #"{"messages":[{"role":"user","content":"hi"}],"glyph":{\#(field)}}"#
                let refused = try await service.post("/v1/chat/completions", chat)
                #expect(refused.status == 400)
                #expect(try refused.error().param == "glyph.\(param)")
            }
        }
        #expect(reader.requests.isEmpty)
    }

    @Test("pages are written down in the words that the model was trained on")
    func transcribe() async throws {
        var card = Self.card
        (card.transcribe, card.quote) = ("Write it down.", 9)
        let reader = ScriptedReader([.answer("a river ran")])
        try await ServiceHarness.run(reader, card: card) { service in
            let response = try await service.post("/v1/ask", #"{"text":"a river ran","task":"transcribe"}"#)
            #expect(response.text.contains(#""answer":"a river ran""#), "\(response.text)")
        }
        #expect(reader.requests.map(\.prompt.question) == ["Write it down."])
    }

    @Test("a window that is asked again is told while it is waited for")
    func retrying() async throws {
        let busy = ReadingError(.serverFailure, endpoint: "test", problem: "busy")
        let again = ScriptedReader.Script([
            .retrying(after: .seconds(2), because: busy), .text("A river."),
            .finished(ReadingSummary(finishReason: .stop)),
        ])
        try await ServiceHarness.run(ScriptedReader([again]), card: Self.card) { service in
            let body = #"{"text":"a river ran","question":"What ran?","stream":true}"#
            let events = try await service.post("/v1/ask", body).events()
            #expect(events.map { $0.name ?? "" } == ["pages", "retrying", "windows", "text", "done"])
        }
    }

    @Test("a job tells the page, too")
    func job() async throws {
        try await ServiceHarness.withFolder { folder in
            try await ServiceHarness.run(PageReader(knowing: 3), card: Self.card, data: folder) { service in
                _ = try await service.post("/v1/jobs", #"{"text":"\#(Self.text)","question":"What ran?"}"#)
                let list = try await service.waitFor(#""state":"done""#, at: "/v1/jobs")
                #expect(list.contains(#""pages":[3,3]"#))
            }
        }
    }
}

/// A reader that finds an answer on one page and nowhere else.
private final class PageReader: Reader {
    private let page: Int
    private let seen = Mutex<[(page: Int, question: String)]>([])

    init(knowing page: Int) { self.page = page }

    var pages: [Int] { seen.withLock { $0.map(\.page) } }
    var questions: Set<String> { seen.withLock { Set($0.map(\.question)) } }

    func read(_ request: ReadingRequest) -> AsyncThrowingStream<ReadingEvent, any Error> {
        let number = request.prompt.pages.first?.number ?? 0
        seen.withLock { $0.append((number, request.prompt.question)) }
        let summary = ReadingSummary(
            finishReason: .stop,
            usage: Usage(promptTokens: 70, completionTokens: 2),
            meanLogprob: -0.1
        )
        return AsyncThrowingStream { continuation in
            continuation.yield(.text(number == page ? "A river." : "The text does not say."))
            continuation.yield(.finished(summary))
            continuation.finish()
        }
    }
}
