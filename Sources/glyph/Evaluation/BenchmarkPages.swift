// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Foundation
import GlyphPage
import GlyphRaster
import GlyphReading
import GlyphTokens
import GlyphTypeset

/// The pages of an example in one look.
struct BenchmarkPages: Sendable {
    let text: SourceText
    let fine: FocusReading.Pages
    /// As the first pass of `focus` sees them.
    let coarse: FocusReading.Pages?
    let losses: Losses

    /// What stands between the fine ones.
    var joints: PageJoints { PageJoints(text, fine.spans) }

    /// Draws the pages of a text.
    ///
    /// - Parameters:
    ///   - text: the example's context.
    ///   - look: how they look.
    ///   - tokenizer: counts text, for looks that limit the tokens of a page.
    ///   - workers: how many pages are drawn at the same time.
    /// - Throws: `InputError` for a look that cannot be drawn, `CancellationError`.
    init(_ text: SourceText, _ look: BenchmarkWay.Look, _ tokenizer: Tokenizer, workers: Int) async throws {
        self.text = text
        (fine, losses) = try await Self.draw(text, look.config, tokenizer, workers)
        coarse = if let config = look.coarse { try await Self.draw(text, config, tokenizer, workers).0 } else { nil }
    }

    private static func draw(
        _ text: SourceText,
        _ config: RenderConfig,
        _ tokenizer: Tokenizer,
        _ workers: Int
    ) async throws -> (FocusReading.Pages, Losses) {
        var layouter = try Typesetter.layouter(text: text, config: config) { tokenizer.count($0) }
        var spans: [PageSpan] = []
        var losses = Losses()
        let pages = try await RenderPipeline.pages(&layouter, format: config.imageFormat, workers: workers) { page in
            spans.append(PageSpan(number: page.number, source: page.source))
            losses += page.losses
        }
        return (FocusReading.Pages(pages, spans), losses)
    }
}
