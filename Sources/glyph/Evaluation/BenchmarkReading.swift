// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphAPI
import GlyphPage
import GlyphReading
import GlyphTasks
import GlyphTokens

/// Asks a reader about one example, in the way that is measured.
struct BenchmarkReading: Sendable {
    /// What a reader said, and the tokens of all that it was shown to say it.
    struct Said {
        var answer: String
        var spentTokens: Int
    }

    var reader: any Reader
    var card: ReadingCard?
    /// The most pages of a window; nil takes the card's, or as many of the usual ones as fit.
    var window: Int?
    /// Windows of one example that are read at the same time.
    var parallelWindows: Int
    var sampling: Sampling
    var focus: FocusOptions
    /// How much the reader takes at once, if it tells.
    var room: ContextRoom?
    var family: ReaderFamily
    var tokenizer: Tokenizer

    /// What the reader says about an example; empty if it says nothing, which scores as what it is.
    ///
    /// A model with a card is asked the question alone, as it was trained; others get the instruction, too.
    ///
    /// - Parameters:
    ///   - example: what is asked.
    ///   - pages: its pages; nil for the baseline in text.
    ///   - way: how it is put before the reader.
    /// - Returns: the answer and what was spent on it.
    /// - Throws: the first failure of a reader, `InputError`, `CancellationError`.
    func answer(_ example: TaskExample, _ pages: BenchmarkPages?, _ way: BenchmarkWay) async throws -> Said {
        guard let pages else {
            let answer = try await said(PagePrompt(textOnly: example.textPrompt))
            return Said(answer: answer, spentTokens: tokenizer.count(example.context, specialTokens: .literal))
        }
        let question = card == nil ? example.pagePrompt : example.question
        let strings = way.facts == .off ? nil : facts(pages, way.facts)
        let riding = way.facts.rides(beside: card) ? strings : nil
        var said: Said
        do {
            said = try await answer(question, pages, way.strategy, riding)
        } catch let fault as ReadingError where fault.kind == .emptyAnswer {
            said = Said(answer: "", spentTokens: try cost(pages.fine.pages))
        }
        if let strings {
            let isCopied = card != nil
            said.answer = FactCorrector.corrected(said.answer, by: strings.facts, correctsNumbers: isCopied).text
        }
        return said
    }

    private func answer(
        _ question: String,
        _ pages: BenchmarkPages,
        _ strategy: BenchmarkStrategy,
        _ facts: FactBook?
    ) async throws -> Said {
        let all = pages.fine.pages
        switch strategy {
        case .auto:
            let dividing = try self.dividing(pages, question, facts)
            let cost = dividing.visualTokens
            let fits = dividing.mostPages(of: all.count, costing: cost, question: question) == nil
            return try await answer(question, pages, card == nil && fits ? .whole : .windowed, facts)
        case .windowed, .text:
            return try await windowed(question, pages, facts, nil)
        case .whole:
            let sheet = facts?.sheet(for: all.map(\.number), question: question)
            let prompt = try PagePrompt(pages: all, total: all.count, question: question, facts: sheet?.text)
            return Said(answer: try await said(prompt), spentTokens: try cost(all) + (sheet?.tokens ?? 0))
        case .focus:
            return try await focused(question, pages, facts)
        case .pages:
            let writing = Transcription(
                reader,
                request: question,
                parallel: parallelWindows,
                stop: card?.stop,
                joints: pages.joints
            )
            return Said(answer: try await writing.read(all, sampling: sampling).text, spentTokens: try cost(all))
        }
    }

    private func dividing(_ pages: BenchmarkPages, _ question: String, _ facts: FactBook?) throws -> DividedReading {
        let tokenizer = tokenizer
        var reading = DividedReading(reader, card: card) { tokenizer.count($0) }
        (reading.window, reading.parallel, reading.room) = (window, parallelWindows, room)
        (reading.facts, reading.joints) = (facts, pages.joints)
        reading.visualTokens = try cost(pages.fine.pages)
        reading.isChinese = TaskLibrary.Language(question: question, document: pages.text) == .chinese
        return reading
    }

    private func windowed(
        _ question: String,
        _ pages: BenchmarkPages,
        _ facts: FactBook?,
        _ windows: [ClosedRange<Int>]?
    ) async throws -> Said {
        let reading = try dividing(pages, question, facts)
        let read = try await reading.read(pages.fine.pages, windows: windows, question: question, sampling: sampling)
        let shown = windows.map { $0.flatMap { pages.fine.pages[$0.lowerBound - 1..<$0.upperBound] } }
        let spent = try cost(shown ?? pages.fine.pages) + read.windows.facts.tokens + read.notes.textTokens
        return Said(answer: read.answer, spentTokens: spent)
    }

    private func focused(_ question: String, _ pages: BenchmarkPages, _ facts: FactBook?) async throws -> Said {
        let coarse = pages.coarse ?? pages.fine
        let coarseCost = try cost(coarse.pages)
        let dividing = try self.dividing(pages, question, facts)
        let reading = FocusReading(
            reader,
            coarse: coarse,
            fine: pages.fine,
            card: card,
            limits: FocusReading.Limits(
                pages: focus.focusPages,
                window: window
                    ?? dividing.mostPages(of: coarse.pages.count, costing: coarseCost, question: question),
                parallel: parallelWindows
            ),
            facts: facts,
            isChinese: dividing.isChinese
        )
        let choice = try await reading.choose(question, sampling: sampling)
        let second = try reading.second(
            after: choice,
            question: question,
            handingOver: focus.focusWith == .text ? pages.text : nil
        )
        var said: Said
        switch second {
        case .prompt(let prompt, let sheet):
            let text = sheet?.tokens ?? prompt.facts.map { tokenizer.count($0) } ?? 0
            said = Said(answer: try await self.said(prompt), spentTokens: try cost(prompt.pages) + text)
        case .windows(let windows): said = try await windowed(question, pages, facts, windows)
        case .everything: said = try await answer(question, pages, .auto, facts)
        }
        said.spentTokens += choice.requests > 0 ? coarseCost : 0
        return said
    }

    private func cost(_ pages: [EncodedPage]) throws -> Int {
        try family.promptTokens(forImages: pages.map { ($0.width, $0.height) })
    }

    private func facts(_ pages: BenchmarkPages, _ choice: FactBook.Choice) -> FactBook {
        let tokenizer = tokenizer
        return FactBook(pages.text, pages: pages.fine.spans, choice: choice) { tokenizer.count($0) }
    }

    private func said(_ prompt: PagePrompt) async throws -> String {
        do {
            return try await reader.answer(to: ReadingRequest(prompt: prompt, sampling: sampling)).text
        } catch let fault as ReadingError where fault.kind == .emptyAnswer {
            // Also where it was cut while it thought: it has not answered.
            return ""
        }
    }
}
