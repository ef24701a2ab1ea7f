// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphAPI
import GlyphPage
@testable import GlyphReading
import GlyphTestSupport
import Testing

@Suite("Readers that quote what they wrote down")
struct QuotedReadingTests {
    @Test(
        "Of a reader that quotes only what begins as it was asked, and stands in what it wrote, is an answer",
        arguments: [
            ("notice period  is 90 days", true), ("notice period: 90 days", false), ("period is 90 day", true),
            ("period is a year", false),
            ("is 90 days", false), ("the notice period: Not said.", false), ("The notice", false), ("The", false),
            ("90 days", false),
            ("", false),
        ]
    )
    func quotes(answer: String, isOne: Bool) async throws {
        func script(_ text: String) -> ScriptedReader.Script {
            .init([.text(text), .finished(ReadingSummary(finishReason: .stop))])
        }
        var card = ReadingCard(preset: "nano", window: 2, absent: "Not said.", transcribe: "Write it down.")
        card.quote = 40
        let reader = ScriptedReader([script("So. The Notice\nperiod is 90 days."), script(answer)])
        let result = try await WindowedReading(reader, card)
            .read(Samples.pages(upTo: 2), question: "What is the notice period?", sampling: Sampling())
        #expect((result.best != nil) == isOne)
        #expect(reader.requests.map(\.sampling.maximumTokens) == [Sampling().maximumTokens, 40])
    }

    @Test("Of several things each is asked for by itself, and all quotations are the answer, each once")
    func quotesTogether() async throws {
        func script(_ text: String) -> ScriptedReader.Script {
            .init([.text(text), .finished(ReadingSummary(finishReason: .stop))])
        }
        var card = ReadingCard(preset: "nano", window: 2, absent: "Not said.", transcribe: "Write it down.")
        card.quote = 40
        let scripts = [
            "The fee is 5. The cap is 7.", "The rate: 9\nThe cap is 7.",
            "fee is 5", "rate: 9", "cap is 7; cap is 8", "cap is 7",
        ]
        let reading = WindowedReading(ScriptedReader(scripts.map(script)), card, parallel: 1)
        let result = try await reading.read(
            Samples.pages(upTo: 4),
            question: "What are the fee, the rate and the cap?",
            sampling: Sampling()
        )
        #expect(result.best?.answer == "fee is 5\ncap is 7\nrate: 9" && result.best?.pages == 1...4)
        #expect(result.findings.map(\.answer) == ["fee is 5\ncap is 7", "rate: 9\ncap is 7"])
    }

    @Test("A space that a reader doubles makes no second answer, and is none in the answer")
    func doubledSpace() async throws {
        let (_, result) = try await quoting(
            ["The fee is 5. The cap is 7 a year.", "The cap is 7 a year."],
            ["fee is 5", "cap is 7  a year", "cap is 7 a year"],
            "What are the fee and the cap?",
            nil
        )
        #expect(result.best?.answer == "fee is 5\ncap is 7 a year")
        let (_, one) = try await quoting(["The cap is 7 a year."], ["cap is  7 a year"], "What is the cap?", nil)
        #expect(one.best?.answer == "cap is 7 a year")
    }

    @Test(
        "A sentence with the phrase that the question gives in quotation marks is a quotation, whatever it begins with"
    )
    func quotesSentences() {
        let reply = QuotedReply(question: "Which sentence mentions \"long ago\"?", absent: "Not said.")
        #expect(
            reply.quotations(in: "It was; as I say, long ago.", from: "So. It was; as I\nsay, long ago. Now.") != ""
        )
        #expect(reply.quotations(in: "It was now.", from: "It was now.") == "")
        #expect(reply.quotations(in: "It was long ago.", from: "It was now.") == "" && !reply.asksForSeveral)
    }

    @Test("The sentence around a phrase is looked up in what was written down, over the end of a page")
    func sentenceOverPages() async throws {
        let text = "He left. It was long ago, and\nnobody knew. Then it rained."
        let starts = [0, 20, 40, text.utf8.count]
        let spans = (0..<3).map { PageSpan(number: $0 + 1, source: SourceRange(starts[$0], starts[$0 + 1])) }
        let pieces = spans.map { String(text.utf8.dropFirst($0.source.lowerBound).prefix($0.source.count))! }
        let joints = PageJoints(SourceText(text), spans)
        let question = "Quote the sentence that mentions \"Ago, and nobody\"."
        let (reader, result) = try await quoting(pieces, [], question, joints)
        #expect(result.best?.answer == "It was long ago, and nobody knew." && result.best?.pages == 1...3)
        #expect(result.findings.map(\.isAbsent) == [false, true, true] && reader.requests.count == 3)
        let (_, absent) = try await quoting(pieces, [], "Which sentence mentions \"ago, and somebody\"?", joints)
        #expect(absent.best == nil)
    }

    @Test("Where all of something are asked for, a page's others after the same words count too")
    func allOfAPage() async throws {
        let pieces = ["The code for x is: 12. And the code for x is: 34; so.", "The code\nfor x is:\n56", "None."]
        let (reader, result) = try await quoting(
            pieces,
            ["code for x is: 12", "code for x is: 56"],
            "What is every code for x?",
            nil
        )
        #expect(result.best?.answer == "code for x is: 12\ncode for x is: 34\ncode for x is: 56")
        #expect(result.best?.pages == 1...2)
        // The third page has no word of the question.
        #expect(reader.requests.count == 5)
    }

    @Test("A quotation that a page cuts off is completed, though the next page says nothing")
    func completion() async throws {
        let text = "So. The code for x is: 1234-5678. Nobody knows."
        let spans = [
            PageSpan(number: 1, source: SourceRange(0, 26)),
            PageSpan(number: 2, source: SourceRange(26, text.utf8.count)),
        ]
        let pieces = [String(text.prefix(26)), String(text.dropFirst(26))]
        let (_, result) = try await quoting(
            pieces,
            ["code for x is: 123", "code for y"],
            "What is the code for x?",
            PageJoints(SourceText(text), spans)
        )
        #expect(result.best?.answer == "code for x is: 1234-5678" && result.best?.pages == 1...2)
    }

    /// Reads pages of one window each, written down as `pieces`, with a reader that quotes `answers`.
    private func quoting(
        _ pieces: [String],
        _ answers: [String],
        _ question: String,
        _ joints: PageJoints?
    ) async throws -> (ScriptedReader, WindowedReading.Result) {
        var card = ReadingCard(preset: "nano", window: 1, absent: "Not said.", transcribe: "Write it down.")
        card.quote = 40
        let reader = ScriptedReader(
            (pieces + answers).map { .init([.text($0), .finished(ReadingSummary(finishReason: .stop))]) }
        )
        let reading = WindowedReading(reader, card, parallel: 1, joints: joints)
        return (
            reader, try await reading.read(Samples.pages(upTo: pieces.count), question: question, sampling: Sampling())
        )
    }
}
