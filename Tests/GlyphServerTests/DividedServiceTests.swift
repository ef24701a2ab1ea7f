// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphAPI
import GlyphPage
import GlyphReading
import GlyphTestSupport
import Synchronization
import Testing

@testable import GlyphServer

/// Readers without a card whose pages are divided, as a request asks for it or as they fit.
@Suite(.serialized, .timeLimit(.minutes(2))) struct DividedServiceTests {
    private static let text = ServiceHarness.prose(words: 6000)
    private static let ask = #""text":"\#(text)","question":"What ran?","preset":"dense""#

    @Test("an endpoint's pages are read a few at a time, and what they say is joined and streamed")
    func windowed() async throws {
        let reader = PartReader(knowing: [1, 3])
        try await ServiceHarness.run(reader) { service in
            let body = #"{\#(Self.ask),"strategy":"windowed","window":1,"stream":true}"#
            let events = try await service.post("/v1/ask", body).events()
            let windows = events.count { $0.name == "windows" }
            #expect(windows > 3)
            #expect(reader.windows.map(\.count).allSatisfy { $0 == 1 })
            #expect(reader.windows.flatMap(\.self).sorted() == Array(1...windows))
            let done = try #require(events.last { $0.name == "done" }).data
            #expect(done.contains(#""windows":{"count":\#(windows),"found":true,"joined":2}"#))
            #expect(done.contains(#""prompt_tokens":\#((windows + 1) * 70)"#))
            #expect(events.contains { $0.name == "text" && $0.data.contains("Both.") })
            #expect(reader.notes?.contains("[pages 1-1]\nA river 1.\n\n[pages 3-3]\nA river 3.") == true)
        }
    }

    @Test("one window with an answer is told with its pages, and combine can ask for the best of several")
    func best() async throws {
        let one = PartReader(knowing: [2])
        try await ServiceHarness.run(one) { service in
            let body = #"{\#(Self.ask),"strategy":"windowed","window":1}"#
            let response = try await service.post("/v1/ask", body)
            #expect(response.text.contains(#""answer":"A river 2.""#), "\(response.text)")
            #expect(response.text.contains(#""found":true,"pages":[2,2]}"#))
        }
        let two = PartReader(knowing: [1, 2])
        try await ServiceHarness.run(two) { service in
            let body = #"{\#(Self.ask),"strategy":"windowed","window":1,"combine":"best"}"#
            let response = try await service.post("/v1/ask", body)
            #expect(response.text.contains(#""pages":[1,1]"#), "\(response.text)")
            #expect(two.notes == nil)
        }
    }

    @Test("what windows quote is cited, and the joined answer is without it")
    func cite() async throws {
        let reader = PartReader(knowing: [1, 2], quoting: "past an old mill")
        try await ServiceHarness.run(reader) { service in
            let body = #"{\#(Self.ask),"strategy":"windowed","window":1,"cite":true}"#
            let response = try await service.post("/v1/ask", body)
            #expect(response.text.contains(#""answer":"Both.""#), "\(response.text)")
            #expect(response.text.contains(#""quote":"past an old mill""#))
            #expect(reader.notes?.contains("QUOTES") == false)
        }
    }

    @Test("auto divides what the reader says that it cannot take, and whole is refused then")
    func room() async throws {
        let reader = PartReader(knowing: [1])
        try await ServiceHarness.run(reader, contextLength: 3000) { service in
            let response = try await service.post("/v1/ask", #"{\#(Self.ask),"max_tokens":100}"#)
            #expect(response.text.contains(#""pages":[1,"#), "\(response.text)")
            #expect(reader.windows.count > 1)
            let refused = try await service.post("/v1/ask", #"{\#(Self.ask),"strategy":"whole"}"#)
            #expect(refused.status == 400)
            #expect(try refused.error().param == "strategy")
        }
        let roomy = PartReader(knowing: [1])
        try await ServiceHarness.run(roomy, contextLength: 1_000_000) { service in
            _ = try await service.post("/v1/ask", #"{\#(Self.ask)}"#)
            #expect(roomy.windows.count == 1)
        }
    }

    @Test("a chat is divided by its glyph object, and a follow-up is asked with what was said before")
    func chat() async throws {
        let reader = PartReader(knowing: [1, 2])
        try await ServiceHarness.run(reader) { service in
            let body =
                #"{"messages":[{"role":"system","content":"Be brief."},"#
                + #"{"role":"user","content":"\#(Self.text)\n\nWhat ran?"},"#
                + #"{"role":"assistant","content":"A river."},{"role":"user","content":"Where?"}],"#
                + #""glyph":{"strategy":"windowed","window":2,"preset":"dense"}}"#
            let response = try await service.post("/v1/chat/completions", body)
            #expect(response.text.contains(#""content":"A river 1.""#), "\(response.text)")
            #expect(response.text.contains(#""pages":[1,2]"#))
            let asked = try #require(reader.questions.first)
            #expect(asked.contains("System: Be brief.\n\nUser: What ran?\n\nAssistant: A river.\n\n"))
            #expect(asked.contains("from the pages: Where?"))
        }
    }

    @Test("a chat with a model that has a card answers the last question over the same document, and that alone")
    func followUp() async throws {
        let reader = PartReader(knowing: [2], absent: "The text does not say.")
        let card = ReadingCard(preset: "dense", window: 1, absent: "The text does not say.")
        try await ServiceHarness.run(reader, card: card) { service in
            let body =
                #"{"messages":[{"role":"user","content":"\#(Self.text)\n\nWhat ran?"},"#
                + #"{"role":"assistant","content":"A river."},{"role":"user","content":"Where?"}]}"#
            let response = try await service.post("/v1/chat/completions", body)
            #expect(response.text.contains(#""content":"A river 2.""#), "\(response.text)")
            #expect(Set(reader.questions) == ["Where?"])
        }
    }

    @Test("a model that has a card gets every text as pages, whole where no question ends it, and one question")
    func cardTexts() async throws {
        let card = ReadingCard(preset: "dense", window: 1, absent: "The text does not say.")
        let reader = PartReader(knowing: [1], absent: "The text does not say.")
        let (user, assistant) = (#"{"role":"user","content":"#, #"{"role":"assistant","content":"ok"}"#)
        let parts = #"[{"type":"text","text":"A river ran."},{"type":"text","text":"Well.\n\nWhat is it?"}]"#
        try await ServiceHarness.run(reader, card: card) { service in
            func tokens(_ messages: String) async throws -> Int? {
                let answer = try await service.post("/v1/chat/completions", #"{"messages":[\#(messages)]}"#)
                return answer.text.firstMatch(of: /"text_tokens":(\d+)/).flatMap { Int($0.1) }
            }
            #expect(try await tokens(#"\#(user)"A river ran.\n\nWhat ran?"}"#) != nil)
            // The end of a document that was given before is on its page, too.
            let whole = try await tokens(#"\#(user)"A river ran.\n\nIt was long."},\#(assistant),\#(user)"Where?"}"#)
            let less = try await tokens(#"\#(user)"A river ran."},\#(assistant),\#(user)"Where?"}"#)
            #expect(try #require(whole) > #require(less))
            #expect(try await tokens("\(user)\(parts)}") == less)
            #expect(try await tokens(#"\#(user)"What ran?"}"#) == nil)
        }
        #expect(Set(reader.questions) == ["What ran?", "Where?", "Well.\n\nWhat is it?"])
    }

    @Test(
        "what cannot be divided is refused by name",
        arguments: [
            (#"{\#(ask),"strategy":"some"}"#, "strategy"), (#"{\#(ask),"window":0}"#, "window"),
            (#"{\#(ask),"combine":"most"}"#, "combine"),
        ]
    )
    func refusals(_ body: String, _ param: String) async throws {
        try await ServiceHarness.run { service in
            let response = try await service.post("/v1/ask", body)
            #expect(response.status == 400)
            #expect(try response.error().param == param)
        }
    }

    @Test("images that a client sent are not left out in silence where pages are divided")
    func pictures() async throws {
        try await ServiceHarness.run { service in
            let image = #"{"type":"image_url","image_url":{"url":"data:image/png;base64,iVBORw0KGgo="}}"#
            let parts = #"[\#(image),{"type":"text","text":"\#(Self.text)\n\nWhat ran?"}]"#
            let body = #"{"messages":[{"role":"user","content":\#(parts)}],"glyph":{"strategy":"windowed"}}"#
            let response = try await service.post("/v1/chat/completions", body)
            #expect(response.status == 400)
            #expect(try response.error().param == "messages")
        }
    }
}

/// Knows something on some pages, and makes one answer of notes.
private final class PartReader: Reader {
    private let known: Set<Int>
    private let absent: String
    private let quote: String?
    private let prompts = Mutex<[PagePrompt]>([])

    init(knowing known: Set<Int>, absent: String = "NOT FOUND", quoting quote: String? = nil) {
        (self.known, self.absent, self.quote) = (known, absent, quote)
    }

    /// The pages of every prompt that had some.
    var windows: [[Int]] { prompts.withLock { $0.map { $0.pages.map(\.number) } }.filter { !$0.isEmpty } }
    var questions: [String] { prompts.withLock { $0.map(\.question) } }
    var notes: String? { prompts.withLock { $0.first { $0.pages.isEmpty }?.question } }

    func read(_ request: ReadingRequest) -> AsyncThrowingStream<ReadingEvent, any Error> {
        prompts.withLock { $0.append(request.prompt) }
        let page = request.prompt.pages.map(\.number).first(where: known.contains)
        var answer = page.map { "A river \($0)." } ?? absent
        if page != nil, let quote { answer += "\n\nQUOTES:\n[page 1] \"\(quote)\"" }
        let text = request.prompt.pages.isEmpty ? "Both." : answer
        let usage = Usage(promptTokens: 70, completionTokens: 2)
        return AsyncThrowingStream { continuation in
            continuation.yield(.text(text))
            continuation.yield(.finished(ReadingSummary(finishReason: .stop, usage: usage)))
            continuation.finish()
        }
    }
}
