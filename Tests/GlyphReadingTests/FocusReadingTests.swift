// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphAPI
import GlyphPage
import GlyphTestSupport
import Testing

@testable import GlyphReading

@Suite struct FocusReadingTests {
    private let card = ReadingCard(preset: "nano", window: 2, absent: "Nothing here.")

    /// A page a line, `line N\n` of seven or eight bytes; coarse pages are half as wide.
    private func document(_ count: Int) -> (text: SourceText, coarse: FocusReading.Pages, fine: FocusReading.Pages) {
        var (text, spans) = ("", [PageSpan]())
        for number in 1...count {
            let start = text.utf8.count
            text += "line \(number)\n"
            spans.append(PageSpan(number: number, source: SourceRange(start, text.utf8.count)))
        }
        return (
            SourceText(text),
            FocusReading.Pages((1...count).map { Samples.page($0, width: 28) }, spans),
            FocusReading.Pages((1...count).map { Samples.page($0, width: 56) }, spans)
        )
    }

    private func reading(
        _ reader: any Reader,
        _ count: Int,
        card: ReadingCard? = nil,
        limits: FocusReading.Limits = FocusReading.Limits(pages: 3, parallel: 1),
        facts: FactBook? = nil
    ) -> FocusReading {
        let document = document(count)
        return FocusReading(
            reader,
            coarse: document.coarse,
            fine: document.fine,
            card: card,
            limits: limits,
            facts: facts
        )
    }

    private func answer(_ text: String, prompt: Int = 0, written: Int = 0, logprob: Double? = nil)
        -> ScriptedReader.Script
    {
        let usage = Usage(promptTokens: prompt, completionTokens: written)
        let summary = ReadingSummary(finishReason: .stop, usage: usage, meanLogprob: logprob)
        return ScriptedReader.Script([.text(text), .finished(summary)])
    }

    /// Pages as `number:width`.
    private func names(_ pages: [EncodedPage]) -> [String] { pages.map { "\($0.number):\($0.width)" } }

    /// What was sent.
    private func sent(_ reader: ScriptedReader) -> [[String]] { reader.requests.map { names($0.prompt.pages) } }

    /// What the first pass came to, and what follows on it.
    private func read(
        _ reading: FocusReading,
        handingOver text: SourceText? = nil
    ) async throws -> (choice: FocusReading.Choice, second: FocusReading.Second) {
        let choice = try await reading.choose("Why?", sampling: Sampling())
        return (choice, try reading.second(after: choice, question: "Why?", handingOver: text))
    }

    private func prompt(_ second: FocusReading.Second) throws -> PagePrompt {
        guard case .prompt(let prompt, _) = second else { throw InputError(at: "second", "is \(second)") }
        return prompt
    }

    private func windows(_ second: FocusReading.Second) -> [ClosedRange<Int>]? {
        if case .windows(let windows) = second { windows } else { nil }
    }

    private func isEverything(_ second: FocusReading.Second) -> Bool {
        if case .everything = second { true } else { false }
    }

    @Test("All pages go coarse, the named ones closely and in order, and the tokens of the first pass are told")
    func named() async throws {
        let reader = ScriptedReader([answer("9, 3 and 12, 5", prompt: 100, written: 7)])
        let (choice, second) = try await read(reading(reader, 12))
        #expect(sent(reader) == [(1...12).map { "\($0):28" }])
        #expect(reader.requests[0].prompt.question.hasPrefix("Why?\n\nDo not answer this question yet."))
        #expect(reader.requests[0].prompt.question.contains("at most 3 pages"))
        #expect(!reader.requests[0].sampling.wantsLogprobs)
        #expect(names(try prompt(second).pages) == ["3:56", "9:56", "12:56"])
        #expect(
            try prompt(second).question
                == "Why?\n\nThe images are pages 3, 9, 12 of a document of 12 pages, in order."
        )
        #expect(choice.way == .named)
        #expect(choice.pages == [3, 9, 12])
        #expect([choice.requests, choice.promptTokens, choice.completionTokens] == [1, 100, 7])
    }

    @Test("Windows of the first pass take turns, and one that needs no page names none")
    func windows() async throws {
        let reader = ScriptedReader([answer("1, 2, 3"), answer("NONE"), answer("Pages: 9, 10")])
        let limits = FocusReading.Limits(pages: 3, window: 4, parallel: 1)
        let (choice, second) = try await read(reading(reader, 10, limits: limits))
        #expect(sent(reader).map(\.count) == [4, 4, 2])
        #expect(reader.requests[1].prompt.question.contains("The images are pages 5 to 8 of a document"))
        #expect(choice.pages == [1, 2, 9])
        #expect(names(try prompt(second).pages) == ["1:56", "2:56", "9:56"])
    }

    @Test("The exact text of the named pages is handed over instead of pictures, and nothing else of the document")
    func text() async throws {
        let reader = ScriptedReader([answer("[7, 2]")])
        let sent = try prompt(try await read(reading(reader, 9), handingOver: document(9).text).second)
        #expect(sent.pages.isEmpty)
        #expect(sent.facts == "[page 2]\nline 2\n\n[page 7]\nline 7\n\n")
        #expect(sent.question.contains("Above are pages 2, 7 of a document of 9 pages as text"))
    }

    @Test("A page that is a picture has no text to hand over and stays a picture")
    func pictures() async throws {
        let reader = ScriptedReader([answer("2, 5")])
        var (text, coarse, fine) = document(5)
        let end = text.utf8.count
        (coarse.spans[4].source, fine.spans[4].source) = (SourceRange(end, end), SourceRange(end, end))
        let reading = FocusReading(reader, coarse: coarse, fine: fine, limits: .init(pages: 2))
        let sent = try prompt(try await read(reading, handingOver: text).second)
        #expect(names(sent.pages) == ["5:56"])
        #expect(sent.facts == "[page 2]\nline 2\n\n")
    }

    @Test("A reader with a card is asked the question itself, and the windows it was most sure of are read again")
    func scored() async throws {
        let reader = ScriptedReader([
            answer("blurred", logprob: -3), answer("Nothing here.", logprob: -0.1),
            answer("clear", prompt: 5, logprob: -0.2), answer("Nothing here.", logprob: -2),
        ])
        let limits = FocusReading.Limits(pages: 4, parallel: 1)
        let (choice, second) = try await read(reading(reader, 8, card: card, limits: limits))
        #expect(reader.requests.allSatisfy { $0.prompt.question == "Why?" && $0.sampling.wantsLogprobs })
        #expect(sent(reader)[2] == ["5:28", "6:28"])
        #expect(windows(second) == [1...2, 5...6])
        #expect(choice.way == .scored)
        #expect([choice.requests, choice.promptTokens] == [4, 5])
    }

    @Test("Where coarse windows hold no answer, those are read closely that denied it with most doubt")
    func doubts() async throws {
        let denials = [-0.1, -1, -0.2].map { answer("Nothing here.", logprob: $0) }
        let limits = FocusReading.Limits(pages: 2, parallel: 1)
        let (_, second) = try await read(reading(ScriptedReader(denials), 6, card: card, limits: limits))
        #expect(windows(second) == [3...4])
    }

    @Test("A first pass without page numbers is followed by a reading of all pages, and says why")
    func unusable() async throws {
        let reader = ScriptedReader([answer("I think it is on page 4.", prompt: 50)])
        let first = try await read(reading(reader, 5))
        #expect(isEverything(first.second))
        #expect(first.choice.pages == [1, 2, 3, 4, 5])
        #expect(first.choice.promptTokens == 50)
        let because = "the first pass answered with something other than page numbers: \"I think it is on page 4.\""
        #expect(first.choice.way == .everything(because: because))

        let windowed = ScriptedReader((0..<3).map { _ in answer("NONE") })
        let limits = FocusReading.Limits(pages: 3, window: 2, parallel: 1)
        let second = try await read(reading(windowed, 5, limits: limits))
        #expect(isEverything(second.second))
        #expect(second.choice.way == .everything(because: "the first pass named no page"))

        let silent = ScriptedReader((0..<3).map { _ in answer("Nothing here.") })
        let third = try await read(reading(silent, 5, card: card))
        #expect(!third.choice.isFocused)
        #expect(windows(third.second) == [1...2, 3...4, 5...5])
    }

    @Test("A first pass that is cut before it names a page names none, and all pages are read")
    func cutFirstPass() async throws {
        for card in [nil, card] {
            var cut = ReadingError(.emptyAnswer, endpoint: "test", problem: "nothing")
            cut.summary = ReadingSummary(finishReason: .length)
            let reader = ScriptedReader((0..<3).map { _ in ScriptedReader.Script([], failure: cut) })
            let limits = FocusReading.Limits(pages: 2, parallel: 1)
            let choice = try await reading(reader, 5, card: card, limits: limits).choose("Why?", sampling: Sampling())
            #expect(choice.pages == [1, 2, 3, 4, 5] && !choice.isFocused)
        }
    }

    @Test("So few pages that none has to be chosen are read at once")
    func few() async throws {
        let reader = ScriptedReader([])
        let (choice, second) = try await read(reading(reader, 3))
        #expect(reader.requests.isEmpty)
        #expect(isEverything(second))
        #expect([choice.requests, choice.promptTokens] == [0, nil])
    }

    @Test("Where page breaks differ, the pages are read that show the text of the coarse ones")
    func breaks() async throws {
        let fine = document(6).fine
        let ends = [0, 20, 42].map { min($0, fine.spans[5].source.upperBound) }
        let coarse = FocusReading.Pages(
            [Samples.page(1, width: 28), Samples.page(2, width: 28)],
            [
                PageSpan(number: 1, source: SourceRange(ends[0], ends[1])),
                PageSpan(number: 2, source: SourceRange(ends[1], ends[2])),
            ]
        )
        let reader = ScriptedReader([answer("2")])
        let reading = FocusReading(reader, coarse: coarse, fine: fine, limits: .init(pages: 5))
        #expect(try await read(reading).choice.pages == [3, 4, 5, 6])
    }

    @Test("Exact strings of all pages ride beside the first pass and those of the chosen ones beside the second")
    func facts() async throws {
        let text = SourceText("key 7654321 key 8888881 key 9999991 ")
        let spans = (0..<3).map { PageSpan(number: $0 + 1, source: SourceRange($0 * 12, $0 * 12 + 12)) }
        let book = FactBook(text, pages: spans) { $0.utf8.count }
        let pages = Samples.pages(1, 2, 3)
        let reader = ScriptedReader([answer("2")])
        let reading = FocusReading(
            reader,
            coarse: .init(pages, spans),
            fine: .init(pages, spans),
            limits: .init(pages: 1),
            facts: book
        )
        guard case .prompt(let sent, let sheet) = try await read(reading).second else {
            Issue.record("the second pass is no prompt")
            return
        }
        #expect(reader.requests[0].prompt.facts?.contains("[page 3] 9999991") == true)
        #expect(sent.facts?.contains("[page 2] 8888881") == true)
        #expect(sent.facts?.contains("7654321") == false)
        #expect(sheet?.listed == 1)
        #expect(sheet?.tokens == sent.facts?.utf8.count)
    }

    @Test("A reader that shall quote is told which pages it sees; in Chinese it is spoken to in Chinese")
    func wording() throws {
        let (_, coarse, fine) = document(9)
        let choice = FocusReading.Choice(pages: [4, 8], way: .named)
        let english = FocusReading(ScriptedReader([]), coarse: coarse, fine: fine)
        let cited = try prompt(english.second(after: choice, question: "Why?", cites: true)).question
        #expect(
            cited.hasPrefix("Why?\n\nThe images are pages 4, 8 of a document of 9 pages, in order. After your answer")
        )
        let chinese = FocusReading(ScriptedReader([]), coarse: coarse, fine: fine, isChinese: true)
        let question = try prompt(chinese.second(after: choice, question: "为什么？")).question
        #expect(question == "为什么？\n\n图像依次是一份 9 页文档的第 4、8 页。")
    }

    @Test("Pages that follow each other make windows of at most the given size")
    func runs() {
        #expect(FocusReading.windows(of: [1, 2, 3, 5, 8, 9], most: 2) == [1...2, 3...3, 5...5, 8...9])
        #expect(FocusReading.windows(of: [], most: 2) == [])
    }
}
