// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Foundation
import GlyphTensor
import GlyphVLM

/// A model in training: learners over one set of weights, and the optimiser of those.
///
/// The batches of a step are computed side by side, one thread each: two threads that share every single product wait
/// for each other thousands of times a step, and for anything else that the machine does.
final class TrainingModel {
    let learners: [Learner]
    let optimizer: AdamW

    /// Makes the model of a run, as it begins or goes on.
    ///
    /// - Parameters:
    ///   - folder: The model's shape and its weights; where there are none, they are drawn.
    ///   - configuration: What the run does.
    ///   - device: Where to compute.
    ///   - threads: How many batches are computed at the same time by the processor; a device computes one.
    /// - Throws: `InputError` for weights that do not fit, `TensorError` where memory is short.
    convenience init(
        _ folder: ModelFolder,
        _ configuration: TrainingConfiguration,
        device: Device,
        threads: Int
    ) throws {
        let generator = try TensorGenerator(seed: configuration.seed)
        let type: DType = configuration.precision == .bf16 ? .bf16 : .f32
        let model =
            folder.weightFiles.isEmpty
            ? try GLM4V(folder.configuration, generator: generator, computeType: type, device: device)
                .centered(on: folder.imageProcessor)
            : try GLM4V(folder, computeType: type, device: device)
        let cells = Set(configuration.stages.flatMap { $0.pages.items.map(\.item.shape.cell.perToken) })
        try self.init(
            model,
            cells: cells,
            generator: generator,
            configuration,
            threads: device == .cpu ? threads : 1
        )
    }

    /// Makes heads, learners and the optimiser of a model.
    ///
    /// - Parameters:
    ///   - model: What is trained; it is changed in place.
    ///   - cells: How many cells a visual token has, for each kind of page that the run shows; one head each.
    ///   - generator: Where the heads' first weights come from.
    ///   - configuration: The optimiser's settings, and whether blocks are computed again.
    ///   - threads: How many batches are computed at the same time.
    /// - Throws: `TensorError` where memory is short.
    init(
        _ model: GLM4V,
        cells: Set<Int>,
        generator: TensorGenerator,
        _ configuration: TrainingConfiguration,
        threads: Int
    ) throws {
        var heads: [Int: GlyphHead] = [:]
        for count in cells.sorted() {
            heads[count] = try GlyphHead(
                width: model.configuration.text.hiddenSize,
                cells: count,
                generator: generator,
                dtype: model.computeType,
                device: model.device
            )
        }
        model.recomputesBlocks = configuration.recomputesBlocks
        let first = Learner(model, heads: heads)
        learners = [first] + (try (1..<max(1, threads)).map { _ in try Learner(sharing: first) })
        optimizer = try AdamW(
            learners.map(\.parameters),
            // The heads start from nothing and keep the full rate: over a tower that is held still they can still learn.
            isVision: { ModelPart.visionTower.holds($0) },
            betas: configuration.betas,
            weightDecay: configuration.weightDecay
        )
    }

    /// The one to evaluate and to save.
    var learner: Learner { learners[0] }

    /// Adds the gradients of several batches' losses, each times `share`; the results are in the order of the batches.
    func learn(_ batches: [Batch], share: Double, text: Double, glyphs: Double) throws -> [LossParts] {
        let work = Work(learners, batches.count)
        DispatchQueue.concurrentPerform(iterations: min(learners.count, batches.count)) { number in
            for index in stride(from: number, to: batches.count, by: work.learners.count) {
                work.results[index] = Result {
                    try Runtime.setCallerThreadCount(1)
                    let loss = try work.learners[number].loss(batches[index], text: text, glyphs: glyphs)
                    try (loss.total * share).backward()
                    return (loss.text, loss.glyphs)
                }
            }
        }
        // Read when everything is under way: a device that is waited for in between has nothing to do afterwards.
        return try work.results.map { result in
            let (text, glyphs) = try result.get()
            return try LossParts(text: text, glyphs: glyphs)
        }
    }

    /// What threads share: each uses a learner of its own and writes to places of its own.
    private final class Work: @unchecked Sendable {
        let learners: [Learner]
        let results: UnsafeMutableBufferPointer<Result<(text: LossTensors?, glyphs: LossTensors?), any Error>>

        init(_ learners: [Learner], _ count: Int) {
            self.learners = learners
            results = .allocate(capacity: count)
            results.initialize(repeating: .failure(CancellationError()))
        }

        deinit {
            results.deinitialize()
            results.deallocate()
        }
    }
}
