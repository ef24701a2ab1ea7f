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

    @Test("The most probable answer counts, whichever window ends first, and its pages are named")
    func best() async throws {
        let reader = PageReader([
            1: .init(answer: " early \n", logprob: -2), 3: .init(answer: "sure", logprob: -0.1),
            5: .init(answer: "unsure", logprob: -5),
        ])
        let progress = Mutex<[Int]>([])
        let result = try await WindowedReading(reader, card, parallel: 3)
            .read(Samples.pages(upTo: 7), question: "q", sampling: Sampling()) { done, count in
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
        let result = try await WindowedReading(reader, card).read(
            Samples.pages(upTo: 2),
            question: "q",
            sampling: Sampling()
        )
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
        _ = try await reading.read(Samples.pages(upTo: 5), question: "q", sampling: Sampling())
        let given = reader.requests.suffix(5).map { $0.prompt.history[0].answer }
        #expect(given == [pages[0], "The notice period is 90 days.", "Then a le", "Then a letter\n", "New line"])

        // Pages that are not read one after the other have nothing to carry over.
        let apart = ScriptedReader((0..<2).map { script(pages[$0 * 2]) } + [script("a"), script("a")])
        _ = try await WindowedReading(apart, card, parallel: 1, joints: joints)
            .read(Samples.pages(upTo: 5), windows: [1...1, 4...4], question: "q", sampling: Sampling())
        #expect(apart.requests.suffix(2).map { $0.prompt.history[0].answer } == [pages[0], pages[2]])
    }

    @Test("A reader that writes pages down is not shown pictures, and ends where no page goes on")
    func pictures() async throws {
        let text = "First.\n\nLast.\n"
        let ranges = [SourceRange(0, 8), SourceRange(8, 8), SourceRange(8, 14)]
        let spans = ranges.enumerated().map { PageSpan(number: $0 + 1, source: $1) }
        let joints = PageJoints(SourceText(text), spans)
        var card = ReadingCard(preset: "nano", window: 2, absent: "No.", transcribe: "Write it down.")
        card.stop = "    "
        let reader = ScriptedReader(["First.", "Last.", "a", "a"].map { .answer($0) })
        let read = try await WindowedReading(reader, card, parallel: 1, joints: joints)
            .read(Samples.pages(upTo: 3), question: "q", sampling: Sampling())
        #expect(read.findings.map(\.pages) == [1...1, 3...3])
        #expect(reader.requests.map(\.sampling.stop) == [["    "], ["    "], [], []])

        let writer = ScriptedReader(["First.", "Last."].map { .answer($0) })
        let written = try await Transcription(writer, request: "r", stop: card.stop, joints: joints)
            .read(Samples.pages(upTo: 3), sampling: Sampling())
        #expect(written.text == "First.\n\nLast." && writer.requests.map(\.sampling.stop) == [["    "], ["    "]])
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

    @Test("No answer anywhere is no answer; of answers without probabilities the first counts")
    func absent() async throws {
        let nothing = try await WindowedReading(PageReader([3: .init(answer: "")]), card)
            .read(Samples.pages(upTo: 4), question: "q", sampling: Sampling())
        #expect(nothing.best == nil)
        #expect(nothing.findings.map(\.isAbsent) == [true, true])
        let blind = PageReader([1: .init(answer: "first"), 3: .init(answer: "second")])
        let result = try await WindowedReading(blind, card).read(
            Samples.pages(upTo: 4),
            question: "q",
            sampling: Sampling()
        )
        #expect(result.best?.answer == "first")
    }

    @Test("A reader's failure is the reading's failure")
    func failure() async throws {
        let reading = WindowedReading(PageReader([3: .init(answer: "fail")]), card)
        await #expect(throws: ReadingError.self) {
            try await reading.read(Samples.pages(upTo: 4), question: "q", sampling: Sampling())
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
            #"{"preset": 1}"#, #"{"preset": "nan", "window": 1, "absent": "No."}"#,
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
        let result = try await reading.read(Samples.pages(upTo: 4), question: "q", sampling: Sampling())
        #expect(result.findings.map(\.isAbsent) == [true, false])
        #expect(asked.withLock { $0 } == [1...2, 3...4])
    }
}
