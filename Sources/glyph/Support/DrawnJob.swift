// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Foundation
import GlyphDocuments
import GlyphPage
import GlyphRaster
import GlyphReading
import GlyphTokens

/// A document whose pages have been drawn, ready to be read.
struct DrawnJob: Sendable {
    let document: Document
    let pages: [EncodedPage]
    /// What each page shows.
    let spans: [PageSpan]
    let summary: Summary
    /// Every exact string, whether or not it rides beside pages.
    let facts: FactBook

    /// Draws all pages of a job.
    init(_ job: Job, facts: FactOptions, strict: Bool, showsProgress: Bool) async throws {
        let drawn = PageCollector()
        var spans: [PageSpan] = []
        summary = try await job.run(
            compression: .small,
            strict: strict,
            showsProgress: showsProgress,
            deliver: { drawn.take($0) },
            report: { spans.append(PageSpan(number: $0.number, source: $0.source)) }
        )
        document = job.document
        pages = drawn.pages
        self.spans = spans
        let tokenizer = try await job.tokenizer()
        self.facts = FactBook(
            document.text,
            pages: spans,
            choice: facts.facts,
            limits: FactBook.Limits(tokens: facts.factsTokens)
        ) { tokenizer.count($0) }
    }

    /// The files that some pages show, in words for standard error; nil where there is only one.
    func files(on pages: ClosedRange<Int>) -> String? {
        guard document.parts.count > 1 else { return nil }
        let shown = spans.filter { pages.contains($0.number) }.map(\.source)
        let parts = document.parts.filter { part in
            shown.contains { $0.lowerBound < part.source.upperBound && part.source.lowerBound < $0.upperBound }
        }
        let rest = parts.count > 3 ? " and \(parts.count - 3) more" : ""
        return Terminal.harmless(parts.prefix(3).map(\.name).joined(separator: ", "), for: STDERR_FILENO) + rest
    }

    /// Puts answers right that were read from these pages.
    func corrector(_ card: ReadingCard?) -> AnswerCorrector {
        AnswerCorrector(document.text, pages: spans, facts: facts, card: card)
    }

    /// How many exact strings ride, in words.
    static func riding(_ listed: Int, leftOut: Int) -> String? {
        guard listed + leftOut > 0 else { return nil }
        let rest = leftOut > 0 ? " (\(Summary.grouped(leftOut)) more did not fit)" : ""
        return "\(Summary.counted(listed, "exact string")) beside the pages" + rest
    }
}
