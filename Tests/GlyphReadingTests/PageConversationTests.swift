// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage
import GlyphReading
import GlyphTestSupport
import Testing

@Suite struct PageConversationTests {
    @Test("Every turn sends what was sent before, unchanged, and a turn that fails leaves no trace")
    func turns() async throws {
        let broken = ReadingError(.serverFailure, endpoint: "test", problem: "broken")
        let reader = ScriptedReader([
            .answer("one"), ScriptedReader.Script([.text("half")], failure: broken), .answer("two"), .answer("three"),
        ])
        let text = SourceText("the number 7654321 of the door")
        let book = FactBook(text, pages: [PageSpan(number: 1, source: SourceRange(0, 30))]) { $0.utf8.count }
        let pages = Samples.pages(1, 2)
        var chat = PageConversation(reader, pages: pages, sampling: Sampling(maximumTokens: 9), facts: book)
        var shown = ""
        func show(_ event: ReadingEvent) { if case .text(let piece) = event { shown += piece } }
        _ = try await chat.ask("1?", report: show)
        await #expect(throws: ReadingError.self) { _ = try await chat.ask("lost?") { _ in } }
        #expect(chat.history == [PagePrompt.Turn(question: "1?", answer: "one")])
        _ = try await chat.ask("2?", report: show)
        _ = try await chat.ask("3?", report: show)
        #expect(shown == "onetwothree")
        let sent = reader.requests.map(\.prompt.messages)
        #expect(sent.map(\.count) == [1, 3, 3, 5])
        #expect(Array(sent[2].prefix(1)) == sent[0])
        #expect(Array(sent[3].prefix(3)) == sent[2])
        #expect(reader.requests.allSatisfy { $0.prompt.facts == reader.requests[0].prompt.facts })
        #expect(reader.requests[0].prompt.facts?.contains("7654321") == true)
    }

    @Test("The older half of what was said can be left out, and strings that were put right are told")
    func forgets() async throws {
        let reader = ScriptedReader([.answer("1"), .answer("2"), .answer("at alice@exampel.org"), .answer("4")])
        let text = SourceText("write to alice@example.org about it")
        let book = FactBook(text, pages: [PageSpan(number: 1, source: SourceRange(0, 35))]) { $0.utf8.count }
        var chat = PageConversation(reader, pages: Samples.pages(1), sampling: Sampling(), facts: book)
        for question in ["1?", "2?", "3?"] { _ = try await chat.ask(question) { _ in } }
        #expect(chat.corrections.map(\.written) == ["alice@example.org"])
        #expect(chat.history.map(\.answer) == ["1", "2", "at alice@example.org"])
        let forgot = chat.forgetOldest()
        #expect(forgot)
        _ = try await chat.ask("4?") { _ in }
        #expect(chat.history.map(\.question) == ["3?", "4?"])
        #expect(chat.corrections.isEmpty)
        var empty = PageConversation(reader, pages: Samples.pages(1), sampling: Sampling())
        let hadNone = !empty.forgetOldest()
        #expect(hadNone)
    }

    private static let tooLong = ScriptedReader.Script(
        [],
        failure: ReadingError(.contextExceeded, endpoint: "test", problem: "too long")
    )

    @Test("What was said is left out while it is too much, and kept where a question is too long by itself")
    func fitting() async throws {
        let scripts: [ScriptedReader.Script] = [
            .answer("1"), .answer("2"), Self.tooLong, Self.tooLong, Self.tooLong, Self.tooLong, .answer("4"),
        ]
        var chat = PageConversation(ScriptedReader(scripts), pages: Samples.pages(1), sampling: Sampling())
        for question in ["1?", "2?"] { _ = try await chat.ask(question) { _ in } }
        let before = chat.history
        var failure: ReadingError?
        do {
            try await chat.askForgetting({ chat in _ = try await chat.ask("long?") { _ in } }, forgot: {})
        } catch let fault as ReadingError {
            failure = fault
        }
        #expect(failure?.kind == .contextExceeded && chat.history == before)
        var times = 0
        try await chat.askForgetting({ chat in _ = try await chat.ask("4?") { _ in } }, forgot: { times += 1 })
        #expect(chat.history.map(\.question) == ["2?", "4?"] && times == 1)
    }

    @Test("What has been shown of an answer is not said twice")
    func spoken() async throws {
        let broken = ScriptedReader.Script([.text("half of it, ")], failure: Self.tooLong.failure)
        let reader = ScriptedReader([.answer("1"), broken, .answer("2")])
        var chat = PageConversation(reader, pages: Samples.pages(1), sampling: Sampling())
        _ = try await chat.ask("1?") { _ in }
        var failure: ReadingError?
        do {
            try await chat.askForgetting({ chat in _ = try await chat.ask("2?") { _ in } }, forgot: {})
        } catch let fault as ReadingError {
            failure = fault
        }
        #expect(failure?.kind == .contextExceeded && reader.requests.count == 2)
    }

    @Test("An empty question is refused and forgotten")
    func empty() async throws {
        var chat = PageConversation(ScriptedReader([]), pages: Samples.pages(1), sampling: Sampling())
        await #expect(throws: InputError.self) { _ = try await chat.ask("  ") { _ in } }
        #expect(chat.history.isEmpty)
    }
}
