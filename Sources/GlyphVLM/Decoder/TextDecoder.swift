// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphTensor

/// The language model: vectors of tokens become the logits of what comes next.
///
/// Notable: partial rotary embedding of neighbouring pairs, whose frequencies are divided among time, height and width;
/// four norms a block; one product for gate and up; a head that may share the embedding's weights.
/// Reference: `Glm4vTextModel` and `GlmOcrTextModel` of `transformers` 5.23.
final class TextDecoder {
    let embedding: Tensor
    /// Whether the backward pass computes the blocks again, so that only their inputs are kept for it.
    var recomputesBlocks = false
    private let blocks: [DecoderBlock]
    private let norm: Tensor
    private let head: Matrix
    private let rotary: DecoderRotary
    private let epsilon: Double
    /// All of it as one call for single tokens; on the processor only.
    private let steps: StepDecoder?

    /// Sequences of one call: for each of them less is gained, and their vectors should stay in the nearest caches.
    private static let mostAtOnce = 16

    /// `root` is the scope of the whole model: the head stands outside of the decoder's own scope.
    init(_ c: TextConfiguration, isHeadTied: Bool, _ root: ParameterScope) throws {
        let w = root / "model" / "language_model"
        epsilon = c.normEpsilon
        embedding = try w("embed_tokens.weight", [c.vocabularySize, c.hiddenSize], .normal)
        blocks = try (0..<c.layerCount).map { try DecoderBlock(c, layer: $0, w / "layers" / $0) }
        for layer in c.layerCount..<c.layerCount + c.predictionLayerCount {
            root.store.skip((w / "layers" / layer).prefix)
        }
        norm = try w("norm.weight", [c.hiddenSize], .ones)
        if isHeadTied {
            // Some writers store the shared weights under both names; the embedding's count, as in the reference.
            root.store.skip("lm_head.weight")
            head = .plain(embedding)
        } else {
            head = try root.matrix("lm_head.weight", [c.vocabularySize, c.hiddenSize])
        }
        rotary = try DecoderRotary(c, device: embedding.device)
        // A store that lacks weights hands out empty ones; it throws when all names are known.
        let isWhole = root.store.isComplete && embedding.device == .cpu
        steps =
            !isWhole
            ? nil
            : try StepDecoder(
                blocks.map(\.stepBlock),
                norm: norm,
                head: head.stepPart(),
                heads: c.headCount,
                keyValueHeads: c.keyValueHeadCount,
                epsilon: c.normEpsilon
            )
    }

    /// Writes one token into each of several sequences, without gradients.
    ///
    /// - Parameters:
    ///   - x: The tokens' vectors, [batch, hidden].
    ///   - positions: The tokens' positions, [batch, 3, 1].
    ///   - caches: The sequences' caches, with room for the token.
    /// - Returns: Logits, [batch, vocabulary] in f32.
    /// - Throws: `TensorError`, such as memory that could not be had.
    func step(_ x: Tensor, positions: Tensor, _ caches: [SequenceCache]) throws(TensorError) -> Tensor {
        guard let steps else {
            return try logits(self(x.unsqueeze(1), positions: positions, .steps(caches)).squeeze(1))
        }
        let rotation = try rotary(positions)  // [batch, 1, pairs]
        let (cos, sin) = (try rotation.cos.squeeze(1), try rotation.sin.squeeze(1))
        let memories = caches.map(\.stepMemory)
        var parts: [Tensor] = []
        for first in stride(from: 0, to: memories.count, by: Self.mostAtOnce) {
            let count = min(Self.mostAtOnce, memories.count - first)
            func part(_ all: Tensor) throws(TensorError) -> Tensor { try all.narrow(0, start: first, length: count) }
            let own = Array(memories[first..<first + count])
            parts.append(try steps(part(x), cos: part(cos), sin: part(sin), own))
        }
        return parts.count == 1 ? parts[0] : try Tensor.cat(parts, dim: 0)
    }

    /// The vectors behind the last norm.
    ///
    /// - Parameters:
    ///   - x: [batch, seq, hidden]
    ///   - positions: [3, seq] or [batch, 3, seq], whole numbers in f32.
    ///   - memory: What the tokens may look back on.
    ///   - probe: Is shown every intermediate result by the name that the tests know it by.
    /// - Returns: [batch, seq, hidden]
    /// - Throws: `TensorError`, such as memory that could not be had.
    func callAsFunction(
        _ x: Tensor,
        positions: Tensor,
        _ memory: AttentionMemory,
        probe: Probe? = nil
    ) throws(TensorError) -> Tensor {
        let rotation = try rotary(positions)
        var x = x
        // A cache must be written once, so steps that have one are never run again.
        let recomputes = if case .none = memory { recomputesBlocks } else { false }
        for (index, block) in blocks.enumerated() {
            x =
                recomputes
                ? try x.checkpointed { x throws(TensorError) in try block(x, rotation, .none) }
                : try block(x, rotation, memory)
            probe?("layer.\(index)", x)
        }
        x = try x.rmsNorm(norm, epsilon: epsilon)
        probe?("norm", x)
        return x
    }

    /// [..., hidden] → [..., vocabulary] in f32.
    func logits(_ x: Tensor) throws(TensorError) -> Tensor {
        try x.linear(head).to(.f32)
    }
}

/// The angles of multimodal rotary positions (M-RoPE).
struct DecoderRotary {
    /// [pairs].
    private let frequencies: Tensor
    /// Which of the three positions each pair follows, [pairs].
    private let axes: Tensor

    init(_ c: TextConfiguration, device: Device) throws(TensorError) {
        frequencies = try rotaryFrequencies(base: c.ropeBase, size: c.rotarySize, device: device)
        let axes = c.ropeSections.enumerated().flatMap { Array(repeating: $0.offset, count: $0.element) }
        self.axes = try Tensor(axes).to(device)
    }

    /// Positions [..., 3, seq] → cosines and sines [..., seq, pairs].
    func callAsFunction(_ positions: Tensor) throws(TensorError) -> Rotation {
        let angles = try positions.indexSelect(-2, axes).transpose(-1, -2) * frequencies
        return Rotation(cos: try angles.cos(), sin: try angles.sin())
    }
}
