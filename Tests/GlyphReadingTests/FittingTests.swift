// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage
import GlyphTokens
import GlyphTypeset
import Testing

@testable import GlyphReading

@Suite("Budgets of visual tokens")
struct FittingTests {
    private static let text = SourceText(String(repeating: "Gulls argued over the crates. ", count: 175))
    private static let pictures = [(width: 992, height: 1403), (width: 1403, height: 992)]

    private func fitted(
        _ limit: Int,
        _ preset: Preset,
        _ pictures: [(width: Int, height: Int)] = [],
        text: SourceText = text
    ) throws -> RenderConfig {
        let budget = TokenBudget(limit: limit, family: try .named("glm-4.1v"), pictures: pictures) { $0.count / 4 }
        return try budget.fit(preset.configuration(), to: text)
    }

    @Test("Pictures are paid first, and the text gets what is left", arguments: [Preset.glyphEnglish, .dense])
    func picturesArePaid(preset: Preset) throws {
        let cost = try ReaderFamily.named("glm-4.1v").promptTokens(forImages: Self.pictures)
        #expect(cost > 3000)
        let alone = try fitted(1000, preset)
        #expect(try fitted(1000 + cost, preset, Self.pictures) == alone)
        #expect(try fitted(1000 + cost, preset) != alone)
    }

    @Test("Pictures that cost more than everything may are an error, with or without text")
    func picturesTooDear() throws {
        for text in [Self.text, SourceText("")] {
            let error = #expect(throws: InputError.self) { try fitted(1000, .dense, Self.pictures, text: text) }
            #expect(error?.description.contains("the pages that are pictures cost ") == true)
            #expect(error?.description.contains("make the pictures smaller") == true)
        }
        #expect(try fitted(100_000, .dense, Self.pictures, text: SourceText("")) == Preset.dense.configuration())
    }

    @Test("Pages get narrower for short texts and wider for long ones, at the same proportions")
    func widths() throws {
        #expect([0, 50_000, 75_000, 100_000, 900_000].map(PageFit.width) == [1024, 1024, 1536, 2048, 2048])
        let fitted = PageFit.fit(try Preset.readable.configuration(), toTextTokens: 75_000)
        #expect(Int((fitted.pageWidth * fitted.scale).rounded()) == 1536 && !fitted.autoCropWidth)
    }
}
