// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import ArgumentParser
import GlyphAPI
import GlyphPage
import GlyphReading
import GlyphTasks

/// How an example is put before the reader.
enum BenchmarkStrategy: String, CaseIterable {
    /// All pages in one prompt.
    case whole
    /// A few pages at a time; the best supported answer.
    case windowed
    /// No pages: the full text in the prompt, the baseline.
    case text
    /// Every page by itself, the answers joined: transcription.
    case pages
}

/// Asks a reader about one example: the one place where strategies are called.
struct BenchmarkReading: Sendable {
    var reader: any Reader
    var card: ReadingCard?
    var window: Int
    /// Windows of one example that are read at the same time.
    var parallelWindows: Int
    var sampling: Sampling

    /// What the reader says about an example; empty if it says nothing, which scores as what it is.
    ///
    /// A model with a card is asked the question alone, as it was trained; others get the instruction, too.
    func answer(_ example: TaskExample, _ pages: [EncodedPage], _ strategy: BenchmarkStrategy) async throws -> String {
        let question = card == nil ? example.pagePrompt : example.question
        switch strategy {
        case .whole: return try await said(PagePrompt(pages: pages, total: pages.count, question: question))
        case .text: return try await said(PagePrompt(textOnly: example.textPrompt))
        case .windowed:
            let card = ReadingCard(preset: card?.preset ?? "", window: window, absent: card?.absent ?? "")
            let result = try await WindowedReading(reader, card, parallel: parallelWindows)
                .read(pages, question: question, sampling: sampling)
            return result.best?.answer ?? card.absent
        case .pages:
            var answers: [String] = []
            for page in pages {
                let prompt = try PagePrompt(
                    pages: [page],
                    total: pages.count,
                    window: page.number...page.number,
                    question: question
                )
                answers.append(try await said(prompt))
            }
            return answers.joined(separator: "\n")
        }
    }

    private func said(_ prompt: PagePrompt) async throws -> String {
        do {
            return try await reader.answer(to: ReadingRequest(prompt: prompt, sampling: sampling)).text
        } catch let fault as ReadingError where fault.kind == .emptyAnswer {
            return ""
        }
    }
}
