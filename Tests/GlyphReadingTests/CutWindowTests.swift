// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphAPI
import GlyphTestSupport
import Synchronization
import Testing

@testable import GlyphReading

/// Windows whose answers are cut, empty, or come only after another try.
@Suite struct CutWindowTests {
    private static func script(_ text: String, _ reason: FinishReason) -> ScriptedReader.Script {
        .init([.text(text), .finished(ReadingSummary(finishReason: reason))])
    }

    private static func silence(_ reason: FinishReason) -> ScriptedReader.Script {
        var fault = ReadingError(.emptyAnswer, endpoint: "test", problem: "nothing")
        fault.summary = ReadingSummary(finishReason: reason, usage: Usage(promptTokens: 8, completionTokens: 2))
        return .init([], failure: fault)
    }

    private static func reading(_ reader: any Reader, _ card: ReadingCard? = nil) -> DividedReading {
        var reading = DividedReading(reader, card: card) { $0.utf8.count }
        (reading.window, reading.parallel) = (1, 1)
        return reading
    }

    @Test("A window whose answer is cut is told, and so is an answer that is made of it")
    func cut() async throws {
        let reader = ScriptedReader([Self.script("Red and", .length), Self.script("Old.", .stop), .answer("Both.")])
        let read = try await Self.reading(reader).read(Samples.pages(1, 2), question: "q", sampling: Sampling())
        #expect(read.windows.cut.map(\.pages) == [1...1])
        #expect(read.answer == "Both." && read.finishReason == .length)
        let filtered = ScriptedReader([Self.script("Red and", .contentFilter), .answer("NOT FOUND")])
        let one = try await Self.reading(filtered).read(Samples.pages(1, 2), question: "q", sampling: Sampling())
        #expect(one.answer == "Red and" && one.finishReason == .contentFilter)
    }

    @Test("Nothing means that nothing is there only where the model stopped by itself; what it took is counted")
    func nothing() async throws {
        let reader = ScriptedReader([Self.silence(.stop), .answer("Old.")])
        let read = try await Self.reading(reader).read(Samples.pages(1, 2), question: "q", sampling: Sampling())
        #expect((read.answer, read.promptTokens, read.completionTokens) == ("Old.", 8, 2))
        let one = Self.reading(ScriptedReader([Self.silence(.length), .answer("Old.")]))
        let told = try await one.read(Samples.pages(1, 2), question: "q", sampling: Sampling())
        #expect(told.answer == "Old." && told.windows.cut.map(\.pages) == [1...1])
        let none = Self.reading(ScriptedReader([Self.silence(.length), .answer("NOT FOUND")]))
        await #expect(throws: ReadingError.self) {
            try await none.read(Samples.pages(1, 2), question: "q", sampling: Sampling())
        }
    }

    @Test("A model that stopped within its thoughts has not said that nothing is there")
    func onlyThoughts() async throws {
        let thoughts = Self.silence(.thoughts)
        let told = try await Self.reading(ScriptedReader([thoughts, .answer("Old.")]))
            .read(Samples.pages(1, 2), question: "q", sampling: Sampling())
        #expect(told.answer == "Old." && told.windows.cut.map(\.finishReason) == [.thoughts])
        let none = Self.reading(ScriptedReader([thoughts, .answer("NOT FOUND")]))
        await #expect(throws: ReadingError.self) {
            try await none.read(Samples.pages(1, 2), question: "q", sampling: Sampling())
        }
    }

    @Test(
        "An answer that begins with the words for none is none, whatever follows and stands around them",
        arguments: [
            ("NOT FOUND: the pages do not mention it.", true), ("NOT FOUND - see elsewhere", true),
            ("NOT FOUND (pages 1 to 2)", true), ("NOT FOUND in these pages", true), ("not found: nothing", true),
            ("<think>hm</think><answer>NOT FOUND</answer>", true),
            ("<|begin_of_box|>NOT FOUND<|end_of_box|>", true), ("NOT FOUNDED in 1999", false),
            ("Not found wanting.", false), ("It was NOT FOUND.", false), ("<b>Red</b>", false),
        ]
    )
    func absentPhrases(answer: String, isAbsent: Bool) {
        #expect(AbsentPhrase("NOT FOUND").begins(answer) == isAbsent)
        #expect(AbsentPhrase("未提及").begins("未提及相关内容。") && !AbsentPhrase("未提及").begins("书中提及"))
    }

    @Test("A joined answer that is cut tells how many tokens it has")
    func joinedCut() async throws {
        let usage = Usage(promptTokens: 9, completionTokens: 4)
        let last = ScriptedReader.Script([
            .text("Both a"), .finished(ReadingSummary(finishReason: .length, usage: usage)),
        ])
        let read = try await Self.reading(ScriptedReader([.answer("Red."), .answer("Old."), last]))
            .read(Samples.pages(1, 2), question: "q", sampling: Sampling())
        #expect(read.finishReason == .length && read.tokensUntilCut == 4)
    }

    @Test("The limit is one of answers: a page that is written down before may be longer, and is told if it is cut")
    func writtenDown() async throws {
        var card = ReadingCard(preset: "nano", window: 1, absent: "No.", transcribe: "Write it down.")
        card.quote = 300
        let reader = ScriptedReader([Self.script("The door is red", .length), .answer("door is red")])
        let read = try await Self.reading(reader, card)
            .read(Samples.pages(1), question: "door?", sampling: Sampling(maximumTokens: 60))
        #expect(reader.requests.map(\.sampling.maximumTokens) == [1024, 300])
        #expect(read.windows.cut.map(\.pages) == [1...1])
        #expect(read.finishReason == .stop && read.answer == "door is red")
    }

    @Test("A quotation may be as long as the card says, whatever the person allows, and what is no quotation is no cut")
    func cutQuotation() async throws {
        var card = ReadingCard(preset: "nano", window: 1, absent: "No.", transcribe: "Write it down.")
        card.quote = 300
        for most in [3, 300] {
            let reader = ScriptedReader([.answer("The door is red"), Self.script("The doo", .length)])
            let read = try await Self.reading(reader, card)
                .read(Samples.pages(1), question: "door?", sampling: Sampling(maximumTokens: most))
            #expect(read.isAbsent && read.windows.cut.isEmpty)
            #expect(reader.requests.last?.sampling.maximumTokens == 300)
        }
    }

    @Test("A reader may say that it found nothing and go on; a transcription may hold these words")
    func absentFirst() async throws {
        let reader = ScriptedReader([
            .answer("**NOT FOUND**. The pages do not mention it."), .answer("Not found wanting."),
        ])
        let read = try await Self.reading(reader).read(Samples.pages(1, 2), question: "q", sampling: Sampling())
        #expect((read.answer, read.pages) == ("Not found wanting.", [2]))
        var copying = Self.reading(ScriptedReader([.answer("Not found. The file is gone."), .answer("NOT FOUND")]))
        copying.combination = .all
        let copied = try await copying.read(Samples.pages(1, 2), question: "Write it down.", sampling: Sampling())
        #expect(copied.answer == "Not found. The file is gone.\n\nNOT FOUND")
    }

    @Test("Whoever waits for a window is told that it is asked again")
    func retries() async throws {
        let busy = ReadingError(.serverFailure, endpoint: "test", problem: "busy")
        let again = ScriptedReader.Script([
            .retrying(after: .seconds(2), because: busy), .text("Red."), .finished(ReadingSummary(finishReason: .stop)),
        ])
        let told = Mutex<[Duration]>([])
        var reading = Self.reading(ScriptedReader([again, .answer("NOT FOUND")]))
        reading.retrying = { pause, _ in told.withLock { $0.append(pause) } }
        _ = try await reading.read(Samples.pages(1, 2), question: "q", sampling: Sampling())
        #expect(told.withLock { $0 } == [.seconds(2)])
    }

    @Test("A page that was cut when it was written down is still cut when it is remembered")
    func remembered() async throws {
        let card = ReadingCard(preset: "nano", window: 1, absent: "no", transcribe: "write it down")
        let scripted = ScriptedReader([Self.script("the red", .length), .answer("red"), .answer("red")])
        let reading = Self.reading(RememberingReader(scripted, remembering: "write it down"), card)
        for _ in 0..<2 {
            let read = try await reading.read(Samples.pages(1), question: "q", sampling: Sampling(temperature: 0))
            #expect(read.windows.cut.count == 1)
        }
    }
}
