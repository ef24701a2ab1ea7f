// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Foundation
import GlyphAPI
import GlyphPage
@testable import GlyphReading
import GlyphTestSupport
import Synchronization
import Testing

/// Answers by the first page that it is shown, later pages sooner.
private final class PageReader: Reader {
    struct Line: Sendable {
        var answer: String
        var logprob: Double?
    }

    let lines: [Int: Line]
    /// The page numbers of every request, by their first.
    let seen = Mutex<[[Int]]>([])

    init(_ lines: [Int: Line]) { self.lines = lines }

    func read(_ request: ReadingRequest) -> AsyncThrowingStream<ReadingEvent, any Error> {
        let numbers = request.prompt.pages.map(\.number)
        seen.withLock { $0.append(numbers) }
        let line = lines[numbers[0]] ?? Line(answer: "Nothing here.")
        return AsyncThrowingStream { continuation in
            Task {
                try? await Task.sleep(for: .milliseconds(40 - 10 * min(3, numbers[0])))
                guard !line.answer.isEmpty else {
                    continuation.finish(throwing: ReadingError(.emptyAnswer, endpoint: "test", problem: "empty"))
                    return
                }
                guard line.answer != "fail" else {
                    continuation.finish(throwing: ReadingError(.serverFailure, endpoint: "test", problem: "broken"))
                    return
                }
                continuation.yield(.text(line.answer))
                continuation.yield(.finished(ReadingSummary(finishReason: .stop, meanLogprob: line.logprob)))
                continuation.finish()
            }
        }
    }
}

@Suite struct WindowedReadingTests {
    private let card = ReadingCard(preset: "nano", window: 2, absent: "Nothing here.")

    private func pages(_ count: Int) -> [EncodedPage] {
        let header: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13, 73, 72, 68, 82]
        let size: [UInt8] = [0, 0, 0, 28, 0, 0, 0, 28, 8, 0, 0, 0, 0]
        return (1...count).map { EncodedPage(number: $0, width: 28, height: 28, png: header + size) }
    }

    @Test("The most probable answer counts, whichever window ends first, and its pages are named")
    func best() async throws {
        let reader = PageReader([
            1: .init(answer: " early \n", logprob: -2), 3: .init(answer: "sure", logprob: -0.1),
            5: .init(answer: "unsure", logprob: -5),
        ])
        let progress = Mutex<[Int]>([])
        let result = try await WindowedReading(reader, card, parallel: 3)
            .read(pages(7), question: "q", sampling: Sampling()) { done, count in
                #expect(count == 4)
                progress.withLock { $0.append(done) }
            }
        #expect(result.best?.answer == "sure")
        #expect(result.best?.pages == 3...4)
        #expect(result.findings.map(\.pages) == [1...2, 3...4, 5...6, 7...7])
        #expect(result.findings.map(\.answer) == ["early", "sure", "unsure", "Nothing here."])
        #expect(result.findings.map(\.isAbsent) == [false, false, false, true])
        #expect(progress.withLock { $0 } == [1, 2, 3, 4])
        #expect(reader.seen.withLock { $0.sorted { $0[0] < $1[0] } } == [[1, 2], [3, 4], [5, 6], [7]])
    }

    @Test("A reader whose card says so writes a window down, and is asked as the next turn")
    func writesDown() async throws {
        func script(_ text: String, tokens: Int) -> ScriptedReader.Script {
            let usage = Usage(promptTokens: tokens, completionTokens: 1)
            return .init([.text(text), .finished(ReadingSummary(finishReason: .stop, usage: usage))])
        }
        let reader = ScriptedReader([script("what it says", tokens: 10), script("42", tokens: 20)])
        var card = card
        card.transcribe = "Write it down."
        let result = try await WindowedReading(reader, card).read(pages(2), question: "q", sampling: Sampling())
        #expect(result.best?.answer == "42")
        #expect((result.promptTokens, result.completionTokens) == (30, 2))
        #expect(reader.requests.map(\.prompt.question) == ["Write it down.", "q"])
        #expect(reader.requests[1].prompt.history == [.init(question: "Write it down.", answer: "what it says")])
        #expect(reader.requests[1].prompt.pages.map(\.number) == [1, 2])
    }

    @Test("What a page leaves unfinished stands in front of what is read of the next, and of no other")
    func carriesOver() async throws {
        func script(_ text: String) -> ScriptedReader.Script {
            .init([.text(text), .finished(ReadingSummary(finishReason: .stop))])
        }
        let pages = ["First. The notice", "period is 90 days.", "Then a le", "tter\n", "New line"]
        let text = "First. The notice period is 90 days. Then a letter\nNew line"
        let starts = [0, 18, 37, 46, 51, text.utf8.count]
        let spans = (0..<5).map { PageSpan(number: $0 + 1, source: SourceRange(starts[$0], starts[$0 + 1])) }
        let joints = PageJoints(SourceText(text), spans)
        #expect((1...5).map { joints.before(page: $0) } == [nil, " ", " ", "", "\n"])
        let reader = ScriptedReader(pages.map { script($0) } + pages.map { _ in script("a") })
        let card = ReadingCard(preset: "nano", window: 1, absent: "No.", transcribe: "Write it down.")
        let reading = WindowedReading(reader, card, parallel: 1, joints: joints)
        _ = try await reading.read(self.pages(5), question: "q", sampling: Sampling())
        let given = reader.requests.suffix(5).map { $0.prompt.history[0].answer }
        #expect(given == [pages[0], "The notice period is 90 days.", "Then a le", "Then a letter\n", "New line"])

        // Pages that are not read one after the other have nothing to carry over.
        let apart = ScriptedReader((0..<2).map { script(pages[$0 * 2]) } + [script("a"), script("a")])
        _ = try await WindowedReading(apart, card, parallel: 1, joints: joints)
            .read(self.pages(5), windows: [1...1, 4...4], question: "q", sampling: Sampling())
        #expect(apart.requests.suffix(2).map { $0.prompt.history[0].answer } == [pages[0], pages[2]])
    }

    @Test("Of a long unfinished sentence the end is carried over, from a word on")
    func longSentences() {
        let spans = [
            PageSpan(number: 1, source: SourceRange(0, 300)), PageSpan(number: 2, source: SourceRange(300, 305)),
        ]
        let joints = PageJoints(SourceText(String(repeating: "word", count: 75) + " end."), spans)
        let read = String(repeating: "many words ", count: 20) + "and so"
        let carried = joints.unfinished(before: 2, in: read)
        #expect((read + " ").hasSuffix(carried) && carried.utf8.count < 98 && carried.utf8.count > 80)
        #expect(carried.hasPrefix("many") || carried.hasPrefix("words"))
        #expect(joints.unfinished(before: 2, in: "All is said.") == "")
        #expect(joints.unfinished(before: 2, in: "") == "")
    }

    @Test(
        "Of a reader that quotes only what begins as it was asked, and stands in what it wrote, is an answer",
        arguments: [
            ("notice period  is 90 days", true), ("notice period: 90 days", false), ("period is 90 day", false),
            ("is 90 days", false), ("the notice period: Not said.", false), ("The notice", true), ("The", false),
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
            .read(pages(2), question: "What is the notice period?", sampling: Sampling())
        #expect((result.best != nil) == isOne)
        #expect(reader.requests.map(\.sampling.maximumTokens) == [Sampling().maximumTokens, 40])
    }

    @Test("Of several things that are asked for every page's quotations are the answer, each once")
    func quotesTogether() async throws {
        func script(_ text: String) -> ScriptedReader.Script {
            .init([.text(text), .finished(ReadingSummary(finishReason: .stop))])
        }
        var card = ReadingCard(preset: "nano", window: 2, absent: "Not said.", transcribe: "Write it down.")
        card.quote = 40
        let scripts = [
            "The fee is 5. The cap is 7.", "The rate: 9\nThe cap is 7.",
            "fee is 5; rate: Not said.; cap is 7; cap is 8",
            "fee: Not said.; rate: 9; cap is 7",
        ]
        let reading = WindowedReading(ScriptedReader(scripts.map(script)), card, parallel: 1)
        let result = try await reading.read(
            pages(4),
            question: "What are the fee, the rate and the cap?",
            sampling: Sampling()
        )
        #expect(result.best?.answer == "fee is 5\ncap is 7\nrate: 9" && result.best?.pages == 1...4)
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
        return (reader, try await reading.read(pages(pieces.count), question: question, sampling: Sampling()))
    }

    @Test("No answer anywhere is no answer; of answers without probabilities the first counts")
    func absent() async throws {
        let nothing = try await WindowedReading(PageReader([3: .init(answer: "")]), card)
            .read(pages(4), question: "q", sampling: Sampling())
        #expect(nothing.best == nil)
        #expect(nothing.findings.map(\.isAbsent) == [true, true])
        let blind = PageReader([1: .init(answer: "first"), 3: .init(answer: "second")])
        let result = try await WindowedReading(blind, card).read(pages(4), question: "q", sampling: Sampling())
        #expect(result.best?.answer == "first")
    }

    @Test("A reader's failure is the reading's failure")
    func failure() async throws {
        let reading = WindowedReading(PageReader([3: .init(answer: "fail")]), card)
        await #expect(throws: ReadingError.self) {
            try await reading.read(pages(4), question: "q", sampling: Sampling())
        }
    }

    @Test("A model's card is read, a folder without one has none, and mistakes are named")
    func cards() throws {
        let folder = NSTemporaryDirectory() + "glyph-card-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        #expect(try ReadingCard(inModel: folder) == nil)
        let path = folder + "/glyph.json"
        try #"{"preset": "nano", "window": 3, "absent": "No."}"#.write(toFile: path, atomically: true, encoding: .utf8)
        #expect(try ReadingCard(inModel: folder) == ReadingCard(preset: "nano", window: 3, absent: "No."))
        try #"{"preset": "nano", "window": 1, "absent": "No.", "transcribe": "Write."}"#
            .write(toFile: path, atomically: true, encoding: .utf8)
        #expect(try ReadingCard(inModel: folder)?.transcribe == "Write.")
        #expect(try ReadingCard.answering(inModel: folder)?.answers == true)
        try #"{"preset": "nano", "window": 1, "absent": "No.", "transcribe": "Write.", "answers": false, "quote": 9}"#
            .write(toFile: path, atomically: true, encoding: .utf8)
        #expect(try ReadingCard(inModel: folder)?.answers == false)
        #expect(try ReadingCard(inModel: folder)?.quote == 9)
        #expect(throws: InputError.self) { try ReadingCard.answering(inModel: folder) }
        for text in [
            #"{"preset": "nano", "window": 0, "absent": "No."}"#,
            #"{"preset": "nano", "window": 1, "absent": "No.", "answers": false}"#,
            #"{"preset": "nano", "window": 1, "absent": "No.", "quote": 9}"#, #"{"window": 1}"#,
            #"{"preset": 1}"#,
        ] {
            try text.write(toFile: path, atomically: true, encoding: .utf8)
            #expect(throws: InputError.self) { try ReadingCard(inModel: folder) }
        }
    }

    @Test("The phrase for no answer counts with a full stop and capitals, and a window is told its pages")
    func instructions() async throws {
        let reader = PageReader([1: .init(answer: "\"nothing here\""), 3: .init(answer: "x")])
        let asked = Mutex<[ClosedRange<Int>]>([])
        let reading = WindowedReading(reader, card) { pages in
            asked.withLock { $0.append(pages) }
            return " on \(pages)"
        }
        let result = try await reading.read(pages(4), question: "q", sampling: Sampling())
        #expect(result.findings.map(\.isAbsent) == [true, false])
        #expect(asked.withLock { $0 } == [1...2, 3...4])
    }
}
