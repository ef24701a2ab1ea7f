// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphTensor
import GlyphVLM

/// What computes gradients: the model, and the heads that only training needs.
///
/// Several learners share one set of weights, so that each thread has its own part of a batch.
final class Learner {
    let model: GLM4V
    /// By how many cells a visual token has.
    let heads: [Int: GlyphHead]

    init(_ model: GLM4V, heads: [Int: GlyphHead]) {
        self.model = model
        self.heads = heads
    }

    convenience init(sharing learner: Learner) throws {
        let heads = try learner.heads.mapValues { try GlyphHead(sharing: $0) }
        try self.init(GLM4V(sharing: learner.model), heads: heads)
    }

    /// Every parameter, in a fixed order.
    var parameters: [(name: String, tensor: Tensor)] {
        model.parameters
            + heads.sorted { $0.key < $1.key }.flatMap { cells, head in
                [("glyphs.\(cells).weight", head.weight), ("glyphs.\(cells).bias", head.bias)]
            }
    }

    /// The loss of a batch, with gradients to every parameter that takes part, and what it consists of.
    func loss(
        _ batch: Batch,
        text textWeight: Double,
        glyphs glyphWeight: Double
    ) throws -> (total: Tensor, text: LossTensors?, glyphs: LossTensors?) {
        let vectors = try model.imageVectors(batch.pixels, Array(batch.grids.joined()))
        var total = try Tensor.zeros([], device: model.device)
        var (text, glyphs): (LossTensors?, LossTensors?)
        if glyphWeight > 0, let head = heads[batch.cellsPerToken] {
            let part = try LossParts.glyphLoss(head(Tensor.cat(vectors, dim: 0)), batch.classes)
            total = try total + part.loss * glyphWeight
            glyphs = part
        }
        if textWeight > 0 {
            let part = try LossParts.textLoss(logits(batch, vectors), Self.targets(batch))
            total = try total + part.loss * textWeight
            text = part
        }
        return (total, text, glyphs)
    }

    /// The logits in front of every token to be predicted, prompts in order: [tokens, vocabulary] in f32.
    private func logits(_ batch: Batch, _ vectors: [Tensor]) throws -> Tensor {
        let end = model.configuration.endTokens.first ?? 0
        // [batch, longest, hidden]
        let hidden = try model.forward(batch.prompts, images: batch.byPrompt(vectors), padToken: end)
        let longest = hidden.size(1)
        let places = batch.targets.enumerated().flatMap { row, targets in
            targets.joined().map { row * longest + $0 - 1 }
        }
        let flat = try hidden.reshape([-1, hidden.size(2)])
        return try model.logits(flat.indexSelect(0, Tensor(places).to(model.device)))
    }

    private static func targets(_ batch: Batch) -> [Int64] {
        zip(batch.prompts, batch.targets).flatMap { prompt, targets in
            targets.joined().map { Int64(prompt.tokens[$0]) }
        }
    }
}
