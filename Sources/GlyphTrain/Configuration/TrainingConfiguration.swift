// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage

/// What a training run does, step by step: the content of the file that `glyph train --config` names.
///
/// | key | meaning | default |
/// |---|---|---|
/// | `seed` | of weights, data order and everything drawn | 1 |
/// | `compute` | `f32`; `mixed`: matrices are multiplied as bf16; or `bf16` with f32 masters | `f32` |
/// | `checkpoint` | compute a layer's activations again in the backward pass instead of keeping them | false |
/// | `weight-decay` | AdamW's, on matrices, up to 10 | 0.02 |
/// | `betas` | AdamW's | [0.9, 0.98] |
/// | `clip` | the largest norm of all gradients together, 1e-6 to 1e6 | 1 |
/// | `save-every`, `evaluate-every` | steps | 200, 100 |
/// | `keep` | checkpoints that stay besides the last | 1 |
/// | `stages` | a list of stages, one after another | required |
package struct TrainingConfiguration: Sendable {
    /// A number type to compute in.
    package enum Precision: String, Sendable, CaseIterable { case f32, mixed, bf16 }

    package var seed: UInt64
    package var precision: Precision
    package var recomputesBlocks: Bool
    package var weightDecay: Double
    package var betas: (first: Double, second: Double)
    package var largestNorm: Double
    package var saveInterval: Int
    package var evaluationInterval: Int
    package var keptCheckpoints: Int
    package var stages: [TrainingStage]
    /// Identifies the file, so that a run is resumed with what it was begun with.
    package let digest: String

    static let remedy = "docs/training.md lists the keys."

    /// Reads a file's content; every key must be known.
    ///
    /// - Throws: `InputError` with the path of the key.
    package init(json: [UInt8], source: String) throws {
        digest = Digest.sha256(json)
        var fields = try JSONFields(file: json, source: source)
        seed = UInt64(try fields.int("seed", in: 0...1 << 48, default: 1))
        precision = Precision(rawValue: try fields.word("compute", oneOf: Precision.allCases.map(\.rawValue))) ?? .f32
        recomputesBlocks = try fields.bool("checkpoint", default: false)
        weightDecay = try fields.number("weight-decay", in: 0...10, default: 0.02)
        let betas = fields.has("betas") ? try fields.numbers("betas", count: 2) : [0.9, 0.98]
        guard betas.allSatisfy({ (0..<1).contains($0) }) else {
            throw InputError(at: fields.location("betas"), "\(betas)", expected: "two numbers from 0 to below 1")
        }
        self.betas = (betas[0], betas[1])
        largestNorm = try fields.number("clip", in: 1e-6...1e6, default: 1)
        saveInterval = try fields.int("save-every", in: 1...1 << 30, default: 200)
        evaluationInterval = try fields.int("evaluate-every", in: 1...1 << 30, default: 100)
        keptCheckpoints = try fields.int("keep", in: 0...1 << 20, default: 1)
        stages = []
        for var stage in try fields.objects("stages") { stages.append(try TrainingStage(&stage)) }
        try fields.finish("a training configuration", remedy: Self.remedy)
    }

    /// Steps of all stages.
    package var stepCount: Int { stages.reduce(0) { $0 + $1.steps } }

    /// The stage that a step, counted from 0, belongs to, and the step's number in it.
    func stage(of step: Int) -> (stage: TrainingStage, index: Int, step: Int) {
        var rest = step
        for (index, stage) in stages.enumerated() {
            if rest < stage.steps || index == stages.count - 1 { return (stage, index, rest) }
            rest -= stage.steps
        }
        return (stages[0], 0, step)
    }
}
