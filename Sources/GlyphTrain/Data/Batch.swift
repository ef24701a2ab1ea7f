// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage
import GlyphTensor
import GlyphTokens
import GlyphVLM

/// The examples of one step, with their pages cut into patches.
///
/// The thread that makes a batch hands it over to the one that computes, and keeps nothing of it.
struct Batch: @unchecked Sendable {
    let task: TaskKind
    let prompts: [Prompt]
    /// For each prompt, the grids of its images.
    let grids: [[ImageGrid]]
    /// The pixel values of all images, images in order: [patches, pixel values of a patch].
    let pixels: Tensor
    /// The class of every cell of every image, images in order.
    let classes: [Int64]
    let cellsPerToken: Int
    /// For each prompt, the tokens to be predicted.
    let targets: [[Range<Int>]]

    /// What belongs to each image, sorted by prompt.
    func byPrompt<Part>(_ parts: [Part]) -> [[Part]] {
        var rest = parts[...]
        return grids.map { grids in
            defer { rest = rest.dropFirst(grids.count) }
            return Array(rest.prefix(grids.count))
        }
    }
}

/// Makes the batch of any step: a function of the seed and the step alone, so that a resumed run sees the same data.
final class BatchMaker {
    private let maker: ExampleMaker
    private let seed: UInt64
    private let device: Device

    /// What the tokens of the prompts were made with.
    var tokenizer: Tokenizer { maker.folder.tokenizer }

    /// Makes batches whose pixels lie on `device`: the thread that computes need not wait until they are there.
    init(_ folder: ModelFolder, _ corpus: Corpus, seed: UInt64, device: Device = .cpu) throws {
        maker = try ExampleMaker(folder, corpus)
        (self.seed, self.device) = (seed, device)
    }

    /// The `part`-th batch of a step, where several are added up.
    ///
    /// - Throws: `CancellationError` as soon as `interrupted`, which is asked page by page, says so; `InputError` where a
    ///   page does not suit the model.
    func batch(
        step: Int,
        part: Int = 0,
        of stage: TrainingStage,
        interrupted: () -> Bool = { false }
    ) throws -> Batch {
        // One draw apart is as good as any: the generator mixes its state.
        var random = SplitMix64(state: seed &* 0x9E37_79B9 &+ UInt64(step) &* 0x1_0001 &+ UInt64(part) &* 0x5_1ED2_70B7)
        let (kind, page) = (stage.tasks.draw(&random), stage.pages.draw(&random))
        // Pages of a batch are equally full, so that short texts are not filled up to the length of a long one.
        // Full ones come often: a reader that seldom saw one does not stop at the end of it.
        let fill = min(1, Double.random(in: 0.35...1.3, using: &random))
        let examples = try (0..<page.batch).map { _ in
            if interrupted() { throw CancellationError() }
            return try maker.example(kind, page.shape, fill: fill, stage, &random)
        }
        return try batch(examples, kind, cellsPerToken: page.shape.cell.perToken, interrupted: interrupted)
    }

    /// The batch of some examples; `interrupted` as for a step's.
    func batch(
        _ examples: [TrainingExample],
        _ task: TaskKind,
        cellsPerToken: Int,
        interrupted: () -> Bool = { false }
    ) throws -> Batch {
        let patches = try examples.map { example in
            if interrupted() { throw CancellationError() }
            return try example.pages.map { try maker.folder.imageProcessor.patches($0.image) }
        }
        return Batch(
            task: task,
            prompts: examples.map(\.prompt),
            grids: patches.map { $0.map(\.grid) },
            pixels: try ImagePatches.tensor(of: Array(patches.joined()), on: device),
            classes: examples.flatMap { $0.pages.flatMap(\.classes) },
            cellsPerToken: cellsPerToken,
            targets: examples.map { $0.targets.map(\.tokens) }
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
