// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphTensor

/// One block of the tower: attention within each image and a gated feed-forward layer, each behind a norm.
struct VisionBlock {
    private let normBeforeAttention: Tensor
    private let attention: VisionAttention
    private let normBeforeMLP: Tensor
    private let mlp: VisionMLP
    private let epsilon: Double

    init(_ c: VisionConfiguration, _ w: ParameterScope) throws {
        epsilon = c.normEpsilon
        normBeforeAttention = try w("norm1.weight", [c.hiddenSize], .ones)
        attention = try VisionAttention(c, w / "attn")
        normBeforeMLP = try w("norm2.weight", [c.hiddenSize], .ones)
        mlp = try VisionMLP(c.hiddenSize, c.blockSize, hasBias: c.hasBlockBias, w / "mlp")
    }

    /// [patches, hidden] → [patches, hidden].
    func callAsFunction(_ x: Tensor, _ rotation: Rotation, _ segments: Tensor) throws(TensorError) -> Tensor {
        let h = try x + attention(x.rmsNorm(normBeforeAttention, epsilon: epsilon), rotation, segments)
        return try h + mlp(h.rmsNorm(normBeforeMLP, epsilon: epsilon))
    }
}

/// Attention of an image's patches among themselves.
struct VisionAttention {
    private let joint: Tensor
    private let jointBias: Tensor?
    private let output: Tensor
    private let outputBias: Tensor?
    private let norms: (query: Tensor, key: Tensor)?
    private let headCount: Int
    private let headSize: Int
    private let epsilon: Double

    init(_ c: VisionConfiguration, _ w: ParameterScope) throws {
        headCount = c.headCount
        headSize = c.headSize
        epsilon = c.normEpsilon
        joint = try w("qkv.weight", [3 * c.hiddenSize, c.hiddenSize], .normal)
        jointBias = c.hasAttentionBias ? try w("qkv.bias", [3 * c.hiddenSize], .zeros) : nil
        output = try w("proj.weight", [c.hiddenSize, c.hiddenSize], .normal)
        outputBias = c.hasBlockBias ? try w("proj.bias", [c.hiddenSize], .zeros) : nil
        norms =
            c.family == .glmOCR
            ? (try w("q_norm.weight", [c.headSize], .ones), try w("k_norm.weight", [c.headSize], .ones)) : nil
    }

    /// [patches, hidden] → [patches, hidden].
    func callAsFunction(_ x: Tensor, _ rotation: Rotation, _ segments: Tensor) throws(TensorError) -> Tensor {
        let patches = x.size(0)
        // [patches, 3 · heads · size] → [3, 1, heads, patches, size]
        let all = try x.linear(joint, bias: jointBias)
            .reshape([1, patches, 3, headCount, headSize])
            .permute([2, 0, 3, 1, 4])
        let q = try turned(all.select(0, 0), norms?.query, rotation)
        let k = try turned(all.select(0, 1), norms?.key, rotation)
        let mask = segments.count > 2 ? AttentionMask.segments(segments) : .none
        let mixed = try Tensor.attention(query: q, key: k, value: all.select(0, 2), mask: mask)
        return try mixed.transpose(1, 2).reshape([patches, headCount * headSize]).linear(output, bias: outputBias)
    }

    private func turned(_ x: Tensor, _ norm: Tensor?, _ rotation: Rotation) throws(TensorError) -> Tensor {
        let x = if let norm { try x.rmsNorm(norm, epsilon: epsilon) } else { x }
        return try x.rotary(cos: rotation.cos, sin: rotation.sin, pairs: .halves)
    }
}

/// down(silu(gate · x) · (up · x)): the inner layer of the tower's blocks and of the merger.
struct VisionMLP {
    private let gate: Tensor
    private let up: Tensor
    private let down: Tensor
    private let biases: (gate: Tensor, up: Tensor, down: Tensor)?

    init(_ width: Int, _ inner: Int, hasBias: Bool, _ w: ParameterScope) throws {
        gate = try w("gate_proj.weight", [inner, width], .normal)
        up = try w("up_proj.weight", [inner, width], .normal)
        down = try w("down_proj.weight", [width, inner], .normal)
        biases =
            !hasBias
            ? nil
            : (
                try w("gate_proj.bias", [inner], .zeros), try w("up_proj.bias", [inner], .zeros),
                try w("down_proj.bias", [width], .zeros)
            )
    }

    func callAsFunction(_ x: Tensor) throws(TensorError) -> Tensor {
        let inner = try x.linear(gate, bias: biases?.gate).siluMultiply(x.linear(up, bias: biases?.up))
        return try inner.linear(down, bias: biases?.down)
    }
}
