// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphAPI
import GlyphPage
import GlyphReading
import GlyphTestSupport
import Testing

@testable import GlyphServer

@Suite(.serialized, .timeLimit(.minutes(2))) struct CitationRouteTests {
    private struct Answer: Decodable {
        struct Box: Decodable {
            var page: Int
            var x: Int
            var y: Int
            var width: Int
            var height: Int
        }
        struct Citation: Decodable {
            var quote: String
            var verified: Bool
            var page: Int?
            var last_page: Int?
            var claimed_page: Int?
            var source: [Int]?
            var boxes: [Box]
        }
        var answer: String?
        var citations: [Citation]?
    }

    private static let sentence = "The red fox slept under seventeen quiet stars"
    private static let text =
        ServiceHarness.prose(words: 5000) + " \(sentence). " + ServiceHarness.prose(words: 5000)
    private static let reply =
        "A fox.\n\nQUOTES:\n[page 1] \"\(sentence)\"\n[page 2] \"Nobody ever wrote this anywhere\""
    private static let body = #""text":"\#(text)","question":"Who slept?","cite":true"#

    @Test("what a reader quotes is looked up, and tells its page and its lines there")
    func quotes() async throws {
        let reader = ScriptedReader([.answer(Self.reply)])
        try await ServiceHarness.run(reader) { service in
            let answer = try await service.post("/v1/ask", "{\(Self.body)}").decode(Answer.self)
            #expect(answer.answer == "A fox.")
            #expect(reader.requests.first?.prompt.question.contains("QUOTES") == true)
            let citations = try #require(answer.citations)
            try #require(citations.count == 2)
            #expect(citations[0].verified)
            #expect(citations[0].claimed_page == 1)
            let page = try #require(citations[0].page)
            #expect(page > 1, "the reader named the wrong page")
            let source = try #require(citations[0].source)
            #expect(Array(Self.text.utf8)[source[0]..<source[1]] == Array(Self.sentence.utf8)[...])
            #expect((1...2).contains(citations[0].boxes.count))
            let shown = try #require(reader.requests.first?.prompt.pages[page - 1])
            for box in citations[0].boxes {
                #expect(box.page == page || box.page == page + 1)
                #expect(box.x >= 0 && box.x + box.width <= shown.width && box.width > shown.width / 4)
                #expect(box.y >= 0 && box.y + box.height <= shown.height && (5...20).contains(box.height))
            }
            #expect(!citations[1].verified)
            #expect(citations[1].boxes.isEmpty && citations[1].page == nil)
        }
    }

    @Test("a stream has the answer without the list of quotations, and the places at its end")
    func stream() async throws {
        let pieces = Self.reply.map { ReadingEvent.text(String($0)) }
        let script = ScriptedReader.Script(pieces + [.finished(ReadingSummary(finishReason: .stop))])
        try await ServiceHarness.run(ScriptedReader([script])) { service in
            let events = try await service.post("/v1/ask", #"{\#(Self.body),"stream":true}"#).events()
            let shown = events.filter { $0.name == "text" }.map(\.data).joined()
            #expect(shown.contains("A"))
            #expect(!shown.contains("Q") && !shown.contains("["))
            let end = try #require(events.last)
            #expect(end.name == "done")
            #expect(end.data.contains(#""claimed_page":1"#))
        }
    }

    @Test("for a model that cannot quote, the answer itself is looked for where it was read")
    func located() async throws {
        let card = ReadingCard(preset: "dense", window: 1000, absent: "The text does not say.")
        let reader = ScriptedReader([.answer("seventeen quiet stars")])
        try await ServiceHarness.run(reader, card: card) { service in
            let answer = try await service.post("/v1/ask", "{\(Self.body)}").decode(Answer.self)
            #expect(reader.requests.first?.prompt.question == "Who slept?")
            #expect(answer.citations?.first?.quote == "seventeen quiet stars")
            #expect(answer.citations?.first?.boxes.isEmpty == false)
        }
    }

    @Test("lines of an answer have a place each, and one over the end of a page has boxes on both pages")
    func lines() async throws {
        struct Drawn: Decodable {
            struct Page: Decodable { var source: [Int] }
            var pages: [Page]
        }
        let text = (0..<6000).map { "w\($0)" }.joined(separator: " ")
        try await ServiceHarness.run { service in
            let drawn = try await service.post("/v1/render", #"{"text":"\#(text)","first":1}"#).decode(Drawn.self)
            try #require(drawn.pages.count > 1)
            let before = text.utf8.prefix(drawn.pages[1].source[0]).split(separator: UInt8(ascii: " ")).count
            let crossing = (before - 3..<before + 3).map { "w\($0)" }.joined(separator: " ")
            let reader = ScriptedReader([.answer("\(crossing)\nnever written\nw5 w6")])
            try await ServiceHarness.run(reader) { service in
                let body = #"{"text":"\#(text)","question":"Which?","cite":true}"#
                let citations = try #require(try await service.post("/v1/ask", body).decode(Answer.self).citations)
                #expect(citations.map(\.quote) == [crossing, "w5 w6"])
                #expect(citations.map(\.page) == [1, 1] && citations.map(\.last_page) == [2, 1])
                #expect(citations.first?.boxes.map(\.page) == [1, 2])
            }
        }
    }

    @Test("a job tells the places as well, and nobody is told of them unasked")
    func jobs() async throws {
        try await ServiceHarness.withFolder { folder in
            try await ServiceHarness.run(ScriptedReader([.answer(Self.reply)]), data: folder) { service in
                _ = try await service.post("/v1/jobs", "{\(Self.body)}")
                let list = try await service.waitFor(#""state":"done""#, at: "/v1/jobs")
                #expect(list.contains(#""boxes":[{"height":"#))
            }
        }
        try await ServiceHarness.run(ScriptedReader([.answer(Self.reply)])) { service in
            let answer = try await service.post("/v1/ask", #"{"text":"a","question":"q"}"#).decode(Answer.self)
            #expect(answer.citations == nil)
            #expect(answer.answer == Self.reply)
        }
    }

    @Test(
        "words pass as soon as they cannot be the heading of quotations any more",
        arguments: [
            ("Yes.\n\nQUOTES:\n[page 1] \"a\"", "Yes."), ("Yes.", "Yes."), ("42", "42"), ("Quotes matter.\nYes", nil),
            ("是。\n引文：\n[第 1 页] \"甲\"", "是。"), ("QUOTES:\n\"a\"", ""), ("a\n\nb\n", "a\n\nb\n"), ("a\nQUOTES", "a"),
        ] as [(String, String?)]
    )
    func gate(_ reply: String, _ shown: String?) {
        for size in [1, 3, 100] {
            var gate = QuoteGate()
            var (result, rest) = ("", Substring(reply))
            while !rest.isEmpty {
                result += gate.next(String(rest.prefix(size)))
                rest = rest.dropFirst(size)
            }
            result += gate.finish()
            #expect(result == shown ?? reply, "in pieces of \(size)")
        }
    }
}
