// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Foundation
import GlyphPage
import GlyphTokens
import GlyphTypeset
import GlyphVLM
import Testing

@testable import GlyphTrain

@Suite struct StyleTests {
    private static let cell = CellSize(width: 7, height: 14)
    private static let shapes = [
        PageShape(columns: 8, rows: 4, cell: cell), PageShape(columns: 12, rows: 12, cell: cell),
    ]

    private func stage(themes: Double = 0.1) throws -> TrainingStage {
        let json = """
            {"stages": [{"name": "styles", "steps": 1, "learning-rate": [0.1, 0.1], "losses": {"glyphs": 0},
              "styles": 1, "themes": \(themes), "questions": 3, "aloud": 0.3, "carry": 0.5,
              "pages": [{"size": [12, 16], "batch": 1}]}]}
            """
        return try TrainingConfiguration(json: Array(json.utf8), source: "test.json").stages[0]
    }

    private func styles(_ count: Int, _ shape: PageShape) throws -> [PageStyle] {
        let sampler = try StyleSampler()
        var random = SplitMix64(state: 11)
        return (0..<count).compactMap { _ in sampler.draw(shape, &random) }
    }

    @Test("Every factor takes several values in 200 draws, and all suit a page", arguments: shapes)
    func factors(shape: PageShape) throws {
        let styles = try styles(200, shape)
        // Some shapes are too small for letters of dots.
        #expect(styles.count > 150)
        let configs = styles.map(\.config)
        #expect(Set(styles.map(\.family)).count == StyleFamily.allCases.count)
        func values<Value: Hashable>(_ factor: (RenderConfig) -> Value) -> Int { Set(configs.map(factor)).count }
        #expect(values(\.dpi) > 20 && values(\.fontSize) >= 5 && values { $0.lineHeight - $0.fontSize } == 4)
        #expect(values { ($0.pageHeight / $0.pageWidth * 10).rounded() } > 5)
        #expect(values(\.font) == 2 && values { $0.layout.rawValue } == 2 && values { $0.alignment.rawValue } == 4)
        #expect(values { $0.marginX < $0.marginY } == 2 && values(\.marginX) > 50)
        #expect(values { $0.firstLineIndent.sign } == 2 && values(\.leftIndent) > 5 && values(\.rightIndent) > 1)
        #expect(values(\.spaceBefore) > 20 && values(\.spaceAfter) > 20 && values(\.horizontalScale) > 20)
        #expect(values(\.fontColor) > 10 && values(\.pageBackground) > 10 && values(\.paragraphBackground) > 10)
        #expect(values(\.autoCropWidth) == 2 && values(\.autoCropLastPage) == 2 && values(\.borderWidth) > 1)
        #expect(
            configs.contains { $0.newlineMarkup != .lineBreak } && configs.contains { $0.newlineMarkup == .lineBreak }
        )
        for config in configs { try config.validate(at: "style") }
    }

    @Test("A page shows its text and nothing else, and no more of the text fits", arguments: shapes)
    func shownText(shape: PageShape) throws {
        let (corpus, maker) = (try Fixture.corpus(), try TrainingPageMaker())
        var random = SplitMix64(state: 5)
        var cut = 0
        for style in try styles(20, shape) {
            let text = corpus.prose(shape.capacity, &random)
            let page = try #require(try maker.page(text, in: style, isWhole: false, .plain))
            var config = style.config
            config.reflow = .off
            var alone = try Typesetter.layouter(
                text: SourceText(String(decoding: page.text, as: UTF8.self)),
                config: config
            )
            let layout = try #require(try alone.nextPage())
            #expect(layout.source == SourceRange(0, page.text.count) && layout.losses.isEmpty)
            #expect(try alone.nextPage() == nil)
            // The whole text, lines joined as the style joins them: its first page ends where the page's text does.
            let source = Reflow.apply(SourceText(String(String.UnicodeScalarView(text))), style.config.reflow).text
            var whole = try Typesetter.layouter(text: source, config: config)
            let end = try #require(try whole.nextPage()).source.upperBound
            #expect(source.utf8.starts(with: page.text) && page.text.count <= end)
            #expect(source.utf8[page.text.count..<end].allSatisfy { $0 == 0x20 || $0 == 0x0A })
            if end < source.utf8.count {
                cut += 1
                #expect(try maker.page(text, in: style, isWhole: true, .plain) == nil)
            } else {
                let kept = try maker.page(text, in: style, isWhole: true, .plain)
                #expect(kept == nil || kept?.scalars == text)
            }
        }
        #expect(0 < cut && cut < 20)
    }

    @Test("Pages keep within the visual tokens of their shape, spoiled or not", arguments: shapes)
    func bounds(shape: PageShape) throws {
        let (corpus, maker) = (try Fixture.corpus(), try TrainingPageMaker())
        let processor = try ModelFolder(Fixture.nano, needsWeights: false).imageProcessor
        var random = SplitMix64(state: 6)
        var tokens: Set<Int> = []
        for style in try styles(20, shape) {
            let text = corpus.prose(Int.random(in: 8...shape.capacity, using: &random), &random)
            let theme = Theme.draw(share: 0.2, &random)
            let image = try #require(try maker.page(text, in: style, isWhole: false, theme)).image
            let grid = try processor.grid(width: image.width, height: image.height)
            tokens.insert(grid.tokenCount)
            #expect(grid.tokenCount <= shape.tokenCount, "\(style)")
            // Rounded to whole visual tokens, but not out of shape.
            for (side, rounded) in [(image.width, grid.tokenColumns), (image.height, grid.tokenRows)] {
                #expect(abs(Double(rounded * 28) / Double(side) - 1) < 0.15, "\(image.width)×\(image.height)")
            }
        }
        #expect(tokens.count > 2)
    }

    @Test("Every task makes examples of pages in styles, the same for the same seed", arguments: TaskKind.allCases)
    func tasks(kind: TaskKind) throws {
        let (folder, model) = try Fixture.tinyModel()
        let maker = try ExampleMaker(model, Fixture.corpus())
        let (stage, shape) = (try stage(), Self.shapes[1])
        var (random, again) = (SplitMix64(state: 9), SplitMix64(state: 9))
        var styled = 0
        for _ in 0..<4 {
            let example = try maker.example(kind, shape, fill: 0.7, stage, &random)
            let same = try maker.example(kind, shape, fill: 0.7, stage, &again)
            #expect(example.prompt == same.prompt && example.pages.map(\.image) == same.pages.map(\.image))
            styled += example.pages.count { $0.classes.isEmpty }
            #expect(example.answers.allSatisfy { !$0.isEmpty })
            #expect(example.prompt.images.allSatisfy { $0.tokens.count <= shape.tokenCount })
            let answers = try example.answers.map { try model.tokenizer.decode($0) }
            switch kind {
            case .transcribe, .instructed: #expect(answers == [example.pages[0].text])
            case .transcribePages: #expect(answers == [example.pages.flatMap(\.text)])
            case .resume, .transcribeLines:
                let page = String(decoding: example.pages[0].text, as: UTF8.self)
                for answer in answers { #expect(page.contains(String(decoding: answer, as: UTF8.self))) }
            case .interleave, .needle, .lookup, .field, .phrase: break
            }
        }
        // What has to be there as a whole does not fit in every style.
        #expect(styled >= (kind.isQuestion || kind == .interleave ? 1 : 4), "\(styled) pages in a style")
        _ = folder
    }

    @Test("Dots are squares of ink or paper")
    func dots() {
        let image = PageImage(width: 2, height: 1, format: .grey, pixels: [100, 160])
        let dotted = image.dotted(.black, on: .white, side: 2)
        #expect(dotted == PageImage(width: 4, height: 2, format: .grey, pixels: [0, 0, 255, 255, 0, 0, 255, 255]))
        let colored = PageImage(width: 1, height: 1, format: .rgb, pixels: [200, 10, 10])
        let red = Color(red: 255, green: 0, blue: 0)
        #expect(colored.dotted(red, on: .black, side: 1).pixels == [255, 0, 0])
    }
}
