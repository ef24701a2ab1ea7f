// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphAPI
import GlyphPage
import GlyphReading
import GlyphTokens

/// Which pages of a document were read closely, and what it cost to choose them.
struct FocusFacts: Sendable, Encodable, Equatable {
    /// The pages, in order.
    var pages: [Int]
    /// `named` by the reader, `scored` by how sure it was, or `all`.
    var chosen: String
    /// Why all pages are read, where they are.
    var because: String?
    /// Visual tokens of all pages in the first, coarse look; 0 where there was none.
    var coarseTokens: Int
    /// Visual tokens of the pages that are read closely.
    var closeTokens: Int
    /// How long it took to choose them.
    var milliseconds: Double

    init(_ choice: FocusReading.Choice, coarseTokens: Int, closeTokens: Int) {
        pages = choice.pages
        chosen = choice.way.word
        if case .everything(let reason) = choice.way { because = reason }
        self.coarseTokens = choice.requests > 0 ? coarseTokens : 0
        self.closeTokens = closeTokens
        milliseconds = choice.total.milliseconds.rounded()
    }

    enum CodingKeys: String, CodingKey {
        case pages, chosen, because, milliseconds
        case coarseTokens = "coarse_tokens"
        case closeTokens = "close_tokens"
    }
}

extension ServedReader {
    /// Reads all pages coarse, and closely those that the question needs.
    ///
    /// - Parameters:
    ///   - document: The pages as they are read closely.
    ///   - coarse: The pages of the first look; without it all are read closely.
    ///   - order: What is asked and how.
    ///   - asked: All pages, and the words of the question.
    ///   - emit: Told what happens, up to the end.
    /// - Returns: What is known at the end; tokens and times are those of both passes.
    /// - Throws: What the reader throws, `InputError`, `CancellationError`.
    func focus(
        _ document: DrawnDocument,
        _ coarse: DrawnDocument?,
        _ order: ReadingOrder,
        _ asked: PageQuestion,
        _ emit: Emit
    ) async throws -> DocumentSummary {
        let fine = FocusReading.Pages(document.pages, document.spans)
        let (first, dividing) = (coarse ?? document, await self.dividing(asked))
        var reading = FocusReading(
            reader,
            coarse: FocusReading.Pages(first.pages, first.spans),
            fine: fine,
            card: card,
            limits: FocusReading.Limits(
                pages: order.focusPages,
                window: dividing.window
                    ?? dividing.mostPages(
                        of: first.pages.count,
                        costing: first.visualTokens,
                        question: asked.question
                    )
            ),
            facts: card?.facts == true ? asked.facts : nil,
            isChinese: asked.isChinese
        )
        reading.retrying = asked.retrying
        let choice = try await reading.choose(asked.question, sampling: order.sampling) {
            emit(.windows(done: $0, count: $1))
        }
        let close = document.facts.filter { choice.pages.contains($0.number) }.map { ($0.width, $0.height) }
        let focus = FocusFacts(
            choice,
            coarseTokens: coarse?.visualTokens ?? 0,
            closeTokens: try document.look.family.promptTokens(forImages: close)
        )
        emit(.focused(focus))
        var summary: DocumentSummary
        var asked = asked
        asked.division.strategy = .auto
        switch try reading.second(after: choice, question: asked.question, cites: order.cites) {
        case .prompt(let prompt, _):
            summary = try await read(ReadingRequest(prompt: prompt, sampling: order.sampling), emit)
        case .windows(let windows):
            asked.windows = windows
            summary = try await read(asked, emit)
        case .everything: summary = try await read(asked, emit)
        }
        summary.focus = focus
        if choice.requests > 0 {
            let first = Usage(promptTokens: choice.promptTokens, completionTokens: choice.completionTokens)
            summary.reading.usage = summary.reading.usage.map { $0.adding(first) }
            summary.reading.timeToFirstToken = summary.reading.timeToFirstToken.map { $0 + choice.total }
            summary.reading.total += choice.total
        }
        return summary
    }
}
