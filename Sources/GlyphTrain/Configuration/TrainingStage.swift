// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Foundation
import GlyphPage

/// A part of a run with settings of its own.
///
/// | key | meaning | default |
/// |---|---|---|
/// | `name` | for the log | required |
/// | `steps` | | required |
/// | `learning-rate` | at the start and at the end of the stage, with a cosine between | required |
/// | `warm-up` | steps over which the rate rises from 0 | 0 |
/// | `vision-rate` | what the tower's rate is multiplied by, up to 100 | 1 |
/// | `losses` | weights of `text` (the next byte) and `glyphs` (dense alignment), not both 0, up to 1000 | both 1 |
/// | `tasks` | weights by name of task | `{"transcribe": 1}` |
/// | `texts` | weights of `prose`, `shuffled`, `random`, `keys`, `signs` | 0.6, 0.3, 0.1, 0, 0 |
/// | `accumulate` | batches whose gradients make up a step; `size` times `batch` times `accumulate` at most 2^20 | 1 |
/// | `absent` | share of questions that the page does not answer | 0.25 |
/// | `questions` | how many questions are asked about a page at most, one after another | 1 |
/// | `aloud` | share of pages that the model is asked to write down before it is asked questions | 0 |
/// | `carry` | share of those pages that begin in the middle of a sentence, its beginning given | 0 |
/// | `themes` | share of pages that are not plain | 0 |
/// | `styles` | share of pages that are typeset in a style instead of in cells; needs `losses` without `glyphs` | 0 |
/// | `pages` | list of page shapes: `size` in visual tokens, `cell` in pixels, `batch`, `weight` | required |
package struct TrainingStage: Sendable {
    package let name: String
    package let steps: Int
    let learningRate: (start: Double, end: Double)
    let warmUp: Int
    let accumulation: Int
    let visionRate: Double
    let textLoss: Double
    let glyphLoss: Double
    let tasks: Mixture<TaskKind>
    private(set) var texts: TextMixture
    let absent: Double
    let questionCount: Int
    let aloud: Double
    let carry: Double
    private(set) var themes: Double
    private(set) var styles: Double
    let pages: Mixture<(shape: PageShape, batch: Int)>

    init(_ fields: inout JSONFields) throws {
        guard case .string(let name) = try fields.required("name", "the stage's name") else {
            throw InputError(at: fields.location("name"), "is not text", expected: "the stage's name")
        }
        self.name = name
        steps = try fields.int("steps", in: 1...1 << 30)
        let rates = try fields.numbers("learning-rate", count: 2)
        guard rates.allSatisfy({ $0 >= 0 && $0 < 1 }) else {
            throw InputError(
                at: fields.location("learning-rate"),
                "\(rates)",
                expected: "two numbers from 0 to below 1"
            )
        }
        learningRate = (rates[0], rates[1])
        warmUp = try fields.int("warm-up", in: 0...1 << 30, default: 0)
        accumulation = try fields.int("accumulate", in: 1...1 << 16, default: 1)
        visionRate = try fields.number("vision-rate", in: 0...100, default: 1)
        (textLoss, glyphLoss) = try Self.losses(&fields)
        tasks = try fields.object("tasks").map { try Mixture($0) } ?? Mixture([(.transcribe, 1)])
        texts =
            try fields.object("texts").map { try Mixture($0) }
            ?? Mixture([(.prose, 0.6), (.shuffled, 0.3), (.random, 0.1)])
        absent = try fields.share("absent", default: 0.25)
        questionCount = try fields.int("questions", in: 1...64, default: 1)
        aloud = try fields.share("aloud")
        carry = try fields.share("carry")
        themes = try fields.share("themes")
        styles = try fields.share("styles")
        guard styles == 0 || glyphLoss == 0 else {
            throw InputError(
                at: fields.location("styles"),
                "pages in styles have no cells, whose characters the glyph loss (now \(glyphLoss)) could name",
                expected: "\"losses\": {\"glyphs\": 0} in a stage with styles",
                remedy: "Align on cells in a stage before this one."
            )
        }
        let shapes = try fields.objects("pages").map(Self.page)
        pages = try Mixture(shapes, at: fields.location("pages"), expected: "weights with a finite sum above 0")
        let most = pages.items.map { $0.item.shape.tokenCount * $0.item.batch }.max() ?? 0
        guard most * accumulation <= Self.mostTokens else {
            throw InputError(
                at: fields.location("accumulate"),
                "\(accumulation) batches of \(most) visual tokens are \(most * accumulation) tokens",
                expected: "at most \(Self.mostTokens) in a step, whose batches are all held at once",
                remedy: "Lower \"accumulate\", or the \"batch\" or \"size\" of the largest pages."
            )
        }
        try fields.finish("a training stage", remedy: TrainingConfiguration.remedy)
    }

    /// The losses' weights, of which one at least is above 0: without a loss there is nothing to learn from.
    private static func losses(_ fields: inout JSONFields) throws -> (text: Double, glyphs: Double) {
        guard var losses = try fields.object("losses") else { return (1, 1) }
        let text = try losses.number("text", in: 0...1000, default: 1)
        let glyphs = try losses.number("glyphs", in: 0...1000, default: 1)
        try losses.finish("losses", remedy: TrainingConfiguration.remedy)
        guard text > 0 || glyphs > 0 else {
            throw InputError(
                at: fields.location("losses"),
                "no weight is above 0",
                expected: "a weight above 0 for \"text\", \"glyphs\" or both"
            )
        }
        return (text, glyphs)
    }

    /// The most visual tokens of a step, whose batches are all held at once, 20 GB of pixel values: more is a mistake
    /// that would fill any memory.
    private static let mostTokens = 1 << 20

    private static func page(_ page: JSONFields) throws -> (item: (shape: PageShape, batch: Int), weight: Double) {
        var page = page
        let size = try page.ints("size", in: 1...64)
        let cell = page.has("cell") ? try page.ints("cell", in: 3...28) : [7, 14]
        guard size.count == 2 else {
            throw InputError(at: page.location("size"), "\(size)", expected: "columns and rows of visual tokens")
        }
        guard cell.count == 2, 28 % cell[0] == 0, 28 % cell[1] == 0, size[0] * (28 / cell[0]) >= 16 else {
            throw InputError(
                at: page.location("cell"),
                "\(cell)",
                expected: "width and height that divide 28, with at least 16 cells in a row"
            )
        }
        let batch = try page.int("batch", in: 1...1 << 16)
        let tokens = size[0] * size[1] * batch
        guard tokens <= mostTokens else {
            throw InputError(
                at: page.location("batch"),
                "\(batch) pages of \(size[0]) × \(size[1]) visual tokens are \(tokens) tokens",
                expected: "at most \(mostTokens) in a batch",
                remedy: "Lower \"batch\" or \"size\"; the batches of \"accumulate\" are held together as well."
            )
        }
        let weight = try page.optionalNumber("weight") ?? 1
        try page.finish("a page shape", remedy: TrainingConfiguration.remedy)
        let shape = PageShape(columns: size[0], rows: size[1], cell: CellSize(width: cell[0], height: cell[1]))
        return ((shape, batch), weight)
    }

    /// The stage with plain pages of prose in cells only, to test on.
    var plain: TrainingStage {
        var stage = self
        (stage.texts, stage.themes, stage.styles) = (Mixture([(.prose, 1)]), 0, 0)
        return stage
    }

    /// The decoder's learning rate at a step of this stage.
    func rate(at step: Int) -> Double {
        let progress = Double(step) / Double(max(1, steps - 1))
        let cosine = 0.5 * (1 + cos(.pi * progress))
        let rate = learningRate.end + (learningRate.start - learningRate.end) * cosine
        return step < warmUp ? rate * Double(step + 1) / Double(warmUp + 1) : rate
    }
}
