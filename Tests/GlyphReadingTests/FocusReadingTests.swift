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

    /// What was sent, as `number:width` of each page.
    private func sent(_ reader: ScriptedReader) -> [[String]] {
        reader.requests.map { $0.prompt.pages.map { "\($0.number):\($0.width)" } }
    }

    @Test("All pages go coarse, the named ones closely and in order, and the tokens of both passes are told")
    func named() async throws {
        let reader = ScriptedReader([
            answer("9, 3 and 12, 5", prompt: 100, written: 7), answer("It is so.", prompt: 60, written: 4),
        ])
        let result = try await reading(reader, 12).read("Why?", sampling: Sampling())
        #expect(sent(reader) == [(1...12).map { "\($0):28" }, ["3:56", "9:56", "12:56"]])
        #expect(reader.requests[0].prompt.question.hasPrefix("Why?\n\nDo not answer this question yet."))
        #expect(reader.requests[0].prompt.question.contains("at most 3 pages"))
        #expect(!reader.requests[0].sampling.wantsLogprobs)
        #expect(
            reader.requests[1].prompt.question
                == "Why?\n\nThe images are pages 3, 9, 12 of a document of 12 pages, in order."
        )
        #expect(result.answer == "It is so.")
        #expect(result.choice.way == .named)
        #expect(result.pages == [3, 9, 12])
        #expect([result.choice.requests, result.requests] == [1, 1])
        #expect([result.choice.promptTokens, result.choice.completionTokens] == [100, 7])
        #expect([result.promptTokens, result.completionTokens] == [60, 4])
    }

    @Test("Windows of the first pass take turns, and one that needs no page names none")
    func windows() async throws {
        let reader = ScriptedReader([answer("1, 2, 3"), answer("NONE"), answer("Pages: 9, 10"), answer("x")])
        let limits = FocusReading.Limits(pages: 3, window: 4, parallel: 1)
        let result = try await reading(reader, 10, limits: limits).read("Why?", sampling: Sampling())
        #expect(sent(reader).map(\.count) == [4, 4, 2, 3])
        #expect(reader.requests[1].prompt.question.contains("The images are pages 5 to 8 of a document"))
        #expect(result.choice.pages == [1, 2, 9])
        #expect(sent(reader)[3] == ["1:56", "2:56", "9:56"])
    }

    @Test("The exact text of the named pages is handed over instead of pictures, and nothing else of the document")
    func text() async throws {
        let reader = ScriptedReader([answer("[7, 2]"), answer("x")])
        let (text, _, _) = document(9)
        let result = try await reading(reader, 9).read("Why?", handingOver: text, sampling: Sampling())
        #expect(sent(reader)[1].isEmpty)
        #expect(reader.requests[1].prompt.facts == "[page 2]\nline 2\n\n[page 7]\nline 7\n\n")
        #expect(reader.requests[1].prompt.question.contains("Above are pages 2, 7 of a document of 9 pages as text"))
        #expect(result.text == reader.requests[1].prompt.facts)
    }

    @Test("A page that is a picture has no text to hand over and stays a picture")
    func pictures() async throws {
        let reader = ScriptedReader([answer("2, 5"), answer("x")])
        var (text, coarse, fine) = document(5)
        let end = text.utf8.count
        (coarse.spans[4].source, fine.spans[4].source) = (SourceRange(end, end), SourceRange(end, end))
        let reading = FocusReading(reader, coarse: coarse, fine: fine, limits: .init(pages: 2))
        _ = try await reading.read("Why?", handingOver: text, sampling: Sampling())
        text = SourceText("")
        #expect(sent(reader)[1] == ["5:56"])
        #expect(reader.requests[1].prompt.facts == "[page 2]\nline 2\n\n")
    }

    @Test("A reader with a card is asked the question itself, and the windows it was most sure of are read again")
    func scored() async throws {
        let reader = ScriptedReader([
            answer("blurred", logprob: -3), answer("Nothing here.", logprob: -0.1),
            answer("clear", prompt: 5, logprob: -0.2), answer("Nothing here.", logprob: -2),
            answer("closely wrong", logprob: -4), answer("closely right", prompt: 9, logprob: -0.1),
        ])
        let limits = FocusReading.Limits(pages: 4, parallel: 1)
        let result = try await reading(reader, 8, card: card, limits: limits).read("Why?", sampling: Sampling())
        #expect(reader.requests.allSatisfy { $0.prompt.question == "Why?" && $0.sampling.wantsLogprobs })
        #expect(sent(reader)[2] == ["5:28", "6:28"])
        #expect(sent(reader).suffix(2) == [["1:56", "2:56"], ["5:56", "6:56"]])
        #expect(result.choice.way == .scored)
        #expect(result.answer == "closely right")
        #expect(result.pages == [5, 6])
        #expect([result.choice.promptTokens, result.promptTokens] == [5, 9])
        #expect([result.choice.requests, result.requests] == [4, 2])
    }

    @Test("Where coarse windows hold no answer, those are read closely that denied it with most doubt")
    func doubts() async throws {
        let denials = [-0.1, -1, -0.2].map { answer("Nothing here.", logprob: $0) }
        let reader = ScriptedReader(denials + [answer("found", logprob: -1)])
        let limits = FocusReading.Limits(pages: 2, parallel: 1)
        let result = try await reading(reader, 6, card: card, limits: limits).read("Why?", sampling: Sampling())
        #expect(sent(reader)[3] == ["3:56", "4:56"])
        #expect(result.answer == "found")
    }

    @Test("A first pass without page numbers is followed by a reading of all pages, and says why")
    func unusable() async throws {
        let reader = ScriptedReader([answer("I think it is on page 4.", prompt: 50), answer("all", prompt: 90)])
        let result = try await reading(reader, 5).read("Why?", sampling: Sampling())
        #expect(sent(reader)[1] == (1...5).map { "\($0):56" })
        let because = "the first pass answered with something other than page numbers: \"I think it is on page 4.\""
        #expect(result.choice.way == .everything(because: because))
        #expect(result.answer == "all")
        #expect([result.choice.promptTokens, result.promptTokens] == [50, 90])

        let windowed = ScriptedReader((0..<6).map { answer($0 < 3 ? "NONE" : "part \($0)", logprob: -Double($0)) })
        let limits = FocusReading.Limits(pages: 3, window: 2, parallel: 1)
        let second = try await reading(windowed, 5, limits: limits).read("Why?", sampling: Sampling())
        #expect(sent(windowed).suffix(3) == [["1:56", "2:56"], ["3:56", "4:56"], ["5:56"]])
        #expect(second.choice.way == .everything(because: "the first pass named no page"))
        #expect(second.answer == "part 3")

        let silent = ScriptedReader((0..<6).map { _ in answer("Nothing here.") })
        let third = try await reading(silent, 5, card: card).read("Why?", sampling: Sampling())
        #expect(!third.choice.isFocused)
        #expect(third.answer == "Nothing here.")
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
        let reader = ScriptedReader([answer("x", prompt: 30)])
        let result = try await reading(reader, 3).read("Why?", sampling: Sampling())
        #expect(sent(reader) == [["1:56", "2:56", "3:56"]])
        #expect([result.choice.requests, result.choice.promptTokens] == [0, 0])
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
        let reader = ScriptedReader([answer("2"), answer("x")])
        let reading = FocusReading(reader, coarse: coarse, fine: fine, limits: .init(pages: 5))
        let result = try await reading.read("Why?", sampling: Sampling())
        #expect(result.choice.pages == [3, 4, 5, 6])
    }

    @Test("Exact strings of all pages ride beside the first pass and those of the chosen ones beside the second")
    func facts() async throws {
        let text = SourceText("key 7654321 key 8888881 key 9999991 ")
        let spans = (0..<3).map { PageSpan(number: $0 + 1, source: SourceRange($0 * 12, $0 * 12 + 12)) }
        let book = FactBook(text, pages: spans) { $0.utf8.count }
        let pages = Samples.pages(1, 2, 3)
        let reader = ScriptedReader([answer("2"), answer("x")])
        let reading = FocusReading(
            reader,
            coarse: .init(pages, spans),
            fine: .init(pages, spans),
            limits: .init(pages: 1),
            facts: book
        )
        let result = try await reading.read("Which?", sampling: Sampling())
        #expect(reader.requests[0].prompt.facts?.contains("[page 3] 9999991") == true)
        #expect(reader.requests[1].prompt.facts?.contains("[page 2] 8888881") == true)
        #expect(reader.requests[1].prompt.facts?.contains("7654321") == false)
        #expect(result.facts.listed == 1)
        #expect(result.facts.tokens == reader.requests[1].prompt.facts?.utf8.count)
    }

    @Test("A reader that shall quote is told which pages it sees; in Chinese it is spoken to in Chinese")
    func wording() throws {
        let (_, coarse, fine) = document(9)
        let choice = FocusReading.Choice(pages: [4, 8], way: .named)
        let english = FocusReading(ScriptedReader([]), coarse: coarse, fine: fine)
        let cited = try english.prompt(for: choice, question: "Why?", cites: true).0.question
        #expect(
            cited.hasPrefix("Why?\n\nThe images are pages 4, 8 of a document of 9 pages, in order. After your answer")
        )
        let chinese = FocusReading(ScriptedReader([]), coarse: coarse, fine: fine, isChinese: true)
        let question = try chinese.prompt(for: choice, question: "为什么？").0.question
        #expect(question == "为什么？\n\n图像依次是一份 9 页文档的第 4、8 页。")
    }

    @Test("Pages that follow each other make windows of at most the given size")
    func runs() {
        #expect(FocusReading.windows(of: [1, 2, 3, 5, 8, 9], most: 2) == [1...2, 3...3, 5...5, 8...9])
        #expect(FocusReading.windows(of: [], most: 2) == [])
    }
}
