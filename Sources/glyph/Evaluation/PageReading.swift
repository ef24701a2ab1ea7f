// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage
import GlyphRaster
import GlyphReading
import GlyphTasks
import GlyphTypeset
import Synchronization

/// Text becomes pages, and a reader answers a question about them: what evaluation does for every item.
struct PageReading {
    let reader: any Reader
    let card: ReadingCard
    let config: RenderConfig

    /// All pages of a text.
    func pages(_ text: String) async throws -> [EncodedPage] {
        var layouter = try Typesetter.layouter(text: SourceText(text), config: config)
        let pages = Mutex<[EncodedPage]>([])
        try await RenderPipeline.run(&layouter, format: .auto, workers: 2) { page in
            pages.withLock { $0.append(page) }
        } report: { _ in
        }
        return pages.withLock { $0.sorted { $0.number < $1.number } }
    }

    /// The best supported answer of all windows, or the answer that there is none.
    func answer(_ example: TaskExample, maximumTokens: Int) async throws -> (text: String, page: Int?, pageCount: Int) {
        let pages = try await pages(example.context)
        let sampling = Sampling(maximumTokens: maximumTokens, temperature: 0, seed: 0)
        let result = try await WindowedReading(reader, card).read(pages, question: example.question, sampling: sampling)
        return (result.best?.answer ?? card.absent, result.best?.pages.lowerBound, pages.count)
    }
}
