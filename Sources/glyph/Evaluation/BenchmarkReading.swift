// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphAPI
import GlyphPage
import GlyphReading
import GlyphTasks
import GlyphTokens

/// Asks a reader about one example: the one place where strategies are called.
struct BenchmarkReading: Sendable {
    /// What a reader said, and the tokens of all that it was shown to say it.
    struct Said {
        var answer: String
        var spentTokens: Int
    }

    var reader: any Reader
    var card: ReadingCard?
    var window: Int
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
        var said = try await answer(question, pages, resolved(way.strategy, pages, question), riding)
        if let strings {
            var corrector = FactCorrector(strings.facts, correctsNumbers: card != nil)
            said.answer = corrector.next(said.answer) + corrector.finish()
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
        case .windowed, .auto, .text:
            let tokenizer = tokenizer
            var reading = DividedReading(reader, card: card) { tokenizer.count($0) }
            (reading.window, reading.parallel, reading.room) = (window, parallelWindows, room)
            (reading.facts, reading.joints) = (facts, pages.joints)
            reading.isChinese = TaskLibrary.Language(question: question, document: pages.text) == .chinese
            do {
                let read = try await reading.read(all, question: question, sampling: sampling)
                let spent = try cost(all) + read.windows.facts.tokens + read.notes.textTokens
                return Said(answer: read.answer, spentTokens: spent)
            } catch let fault as ReadingError where fault.kind == .emptyAnswer {
                return Said(answer: "", spentTokens: try cost(all))
            }
        case .whole:
            let sheet = facts?.sheet(for: all.map(\.number), question: question)
            let prompt = try PagePrompt(pages: all, total: all.count, question: question, facts: sheet?.text)
            return Said(answer: try await said(prompt), spentTokens: try cost(all) + (sheet?.tokens ?? 0))
        case .focus:
            do {
                return try await focused(question, pages, facts)
            } catch let fault as ReadingError where fault.kind == .emptyAnswer {
                return Said(answer: "", spentTokens: try cost(all))
            }
        case .pages:
            var text = ""
            for page in all {
                let prompt = try PagePrompt(
                    pages: [page],
                    total: all.count,
                    window: page.number...page.number,
                    question: question
                )
                if page.number > 1 { text += pages.joints.before(page: page.number) ?? "\n" }
                text += try await said(prompt)
            }
            return Said(answer: text, spentTokens: try cost(all))
        }
    }

    private func focused(_ question: String, _ pages: BenchmarkPages, _ facts: FactBook?) async throws -> Said {
        let coarse = pages.coarse ?? pages.fine
        var card = card
        card?.window = window
        let reading = FocusReading(
            reader,
            coarse: coarse,
            fine: pages.fine,
            card: card,
            limits: FocusReading.Limits(
                pages: focus.focusPages,
                window: try holds(coarse.pages, question) ? nil : window,
                parallel: parallelWindows
            ),
            facts: facts
        )
        let result = try await reading.read(
            question,
            handingOver: focus.focusWith == .text ? pages.text : nil,
            sampling: sampling
        )
        let first = result.choice.requests > 0 ? try cost(coarse.pages) : 0
        let chosen = pages.fine.pages.filter { result.choice.pages.contains($0.number) }
        let second = try result.text.map { tokenizer.count($0) } ?? cost(chosen)
        return Said(answer: result.answer, spentTokens: first + second + result.facts.tokens)
    }

    /// What `auto` stands for with these pages.
    private func resolved(
        _ strategy: BenchmarkStrategy,
        _ pages: BenchmarkPages,
        _ question: String
    ) throws -> BenchmarkStrategy {
        guard strategy == .auto else { return strategy }
        return card == nil ? try holds(pages.fine.pages, question) ? .whole : .windowed : .windowed
    }

    /// Whether pages fit one prompt with all that may ride beside them, as far as the reader tells.
    private func holds(_ pages: [EncodedPage], _ question: String) throws -> Bool {
        guard let room else { return true }
        return room.holds(try cost(pages) + tokenizer.count(question) + FactBook.Limits().tokens)
    }

    private func cost(_ pages: [EncodedPage]) throws -> Int {
        try family.promptTokens(forImages: pages.map { ($0.width, $0.height) })
    }

    private func facts(_ pages: BenchmarkPages, _ choice: FactChoice) -> FactBook {
        let tokenizer = tokenizer
        return FactBook(pages.text, pages: pages.fine.spans, choice: choice.choice) { tokenizer.count($0) }
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
