// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage
import GlyphVLM

/// The examples of one step, with their pages cut into patches.
struct Batch: Sendable {
    let task: TaskKind
    let prompts: [Prompt]
    /// For each prompt, its images.
    let patches: [[ImagePatches]]
    /// The class of every cell of every image, images in order.
    let classes: [Int64]
    let cellsPerToken: Int
    /// For each prompt, the tokens to be predicted.
    let targets: [[Range<Int>]]

    var targetCount: Int { targets.joined().reduce(0) { $0 + $1.count } }
    var tokenCount: Int { prompts.reduce(0) { $0 + $1.tokens.count } }
    var imageTokenCount: Int { patches.joined().reduce(0) { $0 + $1.grid.tokenCount } }
}

/// Makes the batch of any step: a function of the seed and the step alone, so that a resumed run sees the same data.
final class BatchMaker {
    private let maker: ExampleMaker
    private let seed: UInt64

    init(_ folder: ModelFolder, _ corpus: Corpus, seed: UInt64) throws {
        maker = try ExampleMaker(folder, corpus)
        self.seed = seed
    }

    /// The `part`-th batch of a step, where several are added up.
    func batch(step: Int, part: Int = 0, of stage: TrainingStage) throws -> Batch {
        // One draw apart is as good as any: the generator mixes its state.
        var random = SplitMix64(state: seed &* 0x9E37_79B9 &+ UInt64(step) &* 0x1_0001 &+ UInt64(part) &* 0x5_1ED2_70B7)
        let (kind, page) = (stage.tasks.draw(&random), stage.pages.draw(&random))
        // Pages of a batch are equally full, so that short texts are not filled up to the length of a long one.
        // Full ones come often: a reader that seldom saw one does not stop at the end of it.
        let fill = min(1, Double.random(in: 0.35...1.3, using: &random))
        let examples = try (0..<page.batch).map { _ in
            try maker.example(kind, page.shape, fill: fill, stage, &random)
        }
        return try batch(examples, kind, cellsPerToken: page.shape.cell.perToken)
    }

    func batch(_ examples: [TrainingExample], _ task: TaskKind, cellsPerToken: Int) throws -> Batch {
        Batch(
            task: task,
            prompts: examples.map(\.prompt),
            patches: try examples.map { try $0.pages.map { try maker.folder.imageProcessor.patches($0.image) } },
            classes: examples.flatMap { $0.pages.flatMap(\.classes) },
            cellsPerToken: cellsPerToken,
            targets: examples.map(\.targets)
        )
    }

    /// Full pages of prose, the same at every call.
    func testExamples(
        _ count: Int,
        _ kind: TaskKind,
        _ shape: PageShape,
        _ stage: TrainingStage
    ) throws -> [TrainingExample] {
        var random = SplitMix64(state: 0x7E57)
        return try (0..<count).map { _ in try maker.example(kind, shape, fill: 1, stage.plain, &random) }
    }
}
