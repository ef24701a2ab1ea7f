// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphAPI
import GlyphPage
import GlyphTestSupport
import Synchronization
import Testing

@testable import GlyphReading

/// Readers without a card: what their windows are asked, and how their answers become one.
@Suite struct DividedReadingTests {
    private static let text = SourceText("The door is red. The mill is old. The river ran.")
    private static let spans = [(0, 17), (17, 34), (34, 48)].enumerated().map {
        PageSpan(number: $0.offset + 1, source: SourceRange($0.element.0, $0.element.1))
    }

    private static func reading(_ reader: any Reader, window: Int = 1) -> DividedReading {
        var reading = DividedReading(reader, card: nil) { $0.utf8.count }
        (reading.window, reading.parallel) = (window, 1)
        return reading
    }

    @Test("Every window is told that it is a part, and what several parts tell is joined under their pages")
    func joins() async throws {
        let reader = ScriptedReader([
            .answer("Red."), .answer("not found."), .answer("Old."), .answer(" Red and old. "),
        ])
        var (pieces, steps) = ("", [Int]())
        let read = try await Self.reading(reader).read(
            Samples.pages(1, 2, 3),
            question: "What is it like?",
            sampling: Sampling()
        ) { done, _ in
            steps.append(done)
        } report: {
            if case .text(let piece) = $0 { pieces += piece }
        }
        #expect(reader.requests.map { $0.prompt.pages.map(\.number) } == [[1], [2], [3], []])
        #expect(reader.requests.prefix(3).allSatisfy { $0.prompt.question.hasSuffix("answer only: NOT FOUND") })
        #expect(reader.requests.allSatisfy { !$0.sampling.wantsLogprobs })
        let notes = try #require(reader.requests.last).prompt.question
        #expect(notes.contains("[pages 1-1]\nRed.\n\n[pages 3-3]\nOld.\n"))
        #expect(!notes.contains("not found"))
        #expect(notes.hasSuffix("Task: What is it like?"))
        #expect((read.answer, read.joined, read.pages) == ("Red and old.", 2, [1, 3]))
        #expect(read.notes.requests == 1)
        #expect(pieces == " Red and old. ")
        #expect(steps.last == 3)
    }

    @Test("The answer of one part alone is the answer, and of none the words for that")
    func oneOrNone() async throws {
        let one = ScriptedReader([.answer("NOT FOUND"), .answer("Old.")])
        let read = try await Self.reading(one).read(Samples.pages(1, 2), question: "q", sampling: Sampling())
        #expect((read.answer, read.joined, read.pages, read.isAbsent) == ("Old.", 0, [2], false))
        #expect(read.prompt?.pages.map(\.number) == [2])
        let none = ScriptedReader([.answer("NOT FOUND"), .answer("NOT FOUND")])
        let absent = try await Self.reading(none).read(Samples.pages(1, 2), question: "q", sampling: Sampling())
        #expect((absent.answer, absent.pages, absent.isAbsent) == ("NOT FOUND", [], true))
    }

    @Test("The most probable answer is taken where that is asked for, and a card is asked nothing but the question")
    func best() async throws {
        func script(_ text: String, _ logprob: Double) -> ScriptedReader.Script {
            .init([.text(text), .finished(ReadingSummary(finishReason: .stop, meanLogprob: logprob))])
        }
        let reader = ScriptedReader([script("Red.", -2), script("Old.", -1)])
        var reading = Self.reading(reader)
        reading.combination = .best
        let read = try await reading.read(Samples.pages(1, 2), question: "q", sampling: Sampling())
        #expect(read.answer == "Old.")
        #expect(reader.requests.count == 2)
        #expect(reader.requests.allSatisfy { $0.sampling.wantsLogprobs })
        let trained = ScriptedReader([script("Red.", -2), script("Old.", -1)])
        let card = ReadingCard(preset: "nano", window: 1, absent: "The text does not say.")
        var own = DividedReading(trained, card: card) { $0.utf8.count }
        own.parallel = 1
        let answer = try await own.read(Samples.pages(1, 2), question: "q", sampling: Sampling())
        #expect(answer.answer == "Old.")
        #expect(trained.requests.map(\.prompt.question) == ["q", "q"])
    }

    @Test("Parts of a transcription follow each other, and are told nothing of being parts")
    func all() async throws {
        let reader = ScriptedReader([.answer("one"), .answer("two")])
        var reading = Self.reading(reader)
        reading.combination = .all
        let read = try await reading.read(Samples.pages(1, 2), question: "Write it down.", sampling: Sampling())
        #expect((read.answer, read.joined, read.notes.requests) == ("one\n\ntwo", 2, 0))
        #expect(reader.requests.map(\.prompt.question) == ["Write it down.", "Write it down."])
    }

    @Test("Quotations are looked up before notes are joined, which then hold answers alone")
    func citations() async throws {
        let reader = ScriptedReader([
            .answer("Red.\n\nQUOTES:\n[page 1] \"The door is red.\""),
            .answer("Old.\n\nQUOTES:\n[page 2] \"The mill is blue.\""), .answer("Red, old."),
        ])
        var reading = Self.reading(reader)
        reading.finder = QuoteFinder(Self.text, pages: Self.spans)
        let read = try await reading.read(Samples.pages(1, 2), question: "q", sampling: Sampling())
        #expect(reader.requests[1].prompt.question.contains("The images are pages 2 to 2"))
        #expect(read.citations.map(\.quote) == ["The door is red.", "The mill is blue."])
        #expect(read.citations.map { $0.match?.page } == [1, nil])
        #expect(try #require(reader.requests.last).prompt.question.contains("[pages 1-1]\nRed.\n\n[pages 2-2]\nOld.\n"))
    }

    @Test("Notes that do not fit are joined in rounds, each of no more than the reader takes")
    func rounds() async throws {
        let reader = CountingReader()
        let findings = (1...9).map {
            WindowedReading.Finding(
                pages: $0...$0,
                answer: String(repeating: "x", count: 100),
                meanLogprob: nil,
                isAbsent: false
            )
        }
        let notes = WindowedNotes(reader, room: ContextRoom(limit: 900, answer: 50)) { $0.utf8.count }
        let last = try await notes.joined(findings, question: "q", sampling: Sampling())
        #expect(last.requests > 1)
        #expect(reader.longest <= 850)
        #expect(last.prompt.question.utf8.count <= 850)
        #expect(last.promptTokens == last.requests * 5)
        // Every page is spoken for, and none twice.
        let ranges = last.prompt.question.matches(of: /\[pages (\d+)-(\d+)\]/)
        let pages = ranges.flatMap { Array((Int($0.output.1) ?? 0)...(Int($0.output.2) ?? 0)) }
        #expect(pages == Array(1...9))
    }

    @Test("A reader that cannot take two notes still gets them, two at a time, and refuses them itself")
    func tooLong() async throws {
        let findings = (1...5).map {
            WindowedReading.Finding(
                pages: $0...$0,
                answer: String(repeating: "x", count: 100),
                meanLogprob: nil,
                isAbsent: false
            )
        }
        let notes = WindowedNotes(CountingReader(), room: ContextRoom(limit: 10, answer: 5)) { $0.utf8.count }
        let last = try await notes.joined(findings, question: "q", sampling: Sampling())
        #expect(last.requests == 3)
    }

    @Test("A Chinese question is spoken about in Chinese")
    func chinese() async throws {
        let reader = ScriptedReader([.answer("未提及"), .answer("红色。"), .answer("旧。"), .answer("红色，旧。")])
        var reading = Self.reading(reader)
        reading.isChinese = true
        let read = try await reading.read(Samples.pages(1, 2, 3), question: "门是什么颜色？", sampling: Sampling())
        #expect(read.joined == 2)
        #expect(reader.requests[0].prompt.question.hasSuffix("只回答：未提及"))
        #expect(try #require(reader.requests.last).prompt.question.hasSuffix("任务：门是什么颜色？"))
    }

    @Test("What was written down of pages is not written down again for the next question about them")
    func remembers() async throws {
        let card = ReadingCard(preset: "nano", window: 1, absent: "no", transcribe: "write it down")
        let scripted = ScriptedReader(["the red door", "the old mill", "red", "no", "no", "old"].map { .answer($0) })
        let reader = RememberingReader(scripted, remembering: "write it down")
        var reading = DividedReading(reader, card: card) { $0.utf8.count }
        reading.parallel = 1
        func ask(_ question: String) async throws -> DividedReading.Outcome {
            try await reading.read(Samples.pages(1, 2), question: question, sampling: Sampling(temperature: 0))
        }
        #expect(try await ask("What is red?").answer == "red")
        #expect(try await ask("What is old?").answer == "old")
        #expect(scripted.requests.map(\.prompt.question).count { $0 == "write it down" } == 2)
        #expect(scripted.requests.count == 6)
    }

    @Test("What was said before goes along with a question, and nothing where nothing was said")
    func saidBefore() {
        #expect(PageConversation.question("When?", after: [], isChinese: false) == "When?")
        let said = [(speaker: "User", text: "Who?"), (speaker: "Assistant", text: "Anna.")]
        let question = PageConversation.question("When?", after: said, isChinese: false)
        #expect(question.contains("User: Who?\n\nAssistant: Anna.\n\n"))
        #expect(question.hasSuffix("from the pages: When?"))
    }
}

/// Answers every prompt with a short note, and remembers the longest.
private final class CountingReader: Reader {
    private let lengths = Mutex<[Int]>([])

    var longest: Int { lengths.withLock { $0.max() ?? 0 } }

    func read(_ request: ReadingRequest) -> AsyncThrowingStream<ReadingEvent, any Error> {
        lengths.withLock { $0.append(request.prompt.question.utf8.count) }
        let usage = Usage(promptTokens: 5, completionTokens: 1)
        return AsyncThrowingStream { continuation in
            continuation.yield(.text("y"))
            continuation.yield(.finished(ReadingSummary(finishReason: .stop, usage: usage)))
            continuation.finish()
        }
    }
}
