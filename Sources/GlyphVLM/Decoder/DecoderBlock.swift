// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphTensor

/// One decoder block: attention and feed-forward layer, each between a norm before and a norm after.
///
/// The second norm of each pair comes before the residual is added. In the checkpoint, `post_attention_layernorm` is
/// the norm *before* the feed-forward layer and `post_self_attn_layernorm` the one after attention.
struct DecoderBlock {
    private let attention: DecoderAttention
    private let mlp: DecoderMLP
    private let norms: (beforeAttention: Tensor, afterAttention: Tensor, beforeMLP: Tensor, afterMLP: Tensor)
    private let epsilon: Double

    init(_ c: TextConfiguration, layer: Int, _ w: ParameterScope) throws {
        epsilon = c.normEpsilon
        attention = try DecoderAttention(c, layer: layer, w / "self_attn")
        mlp = try DecoderMLP(c, w / "mlp")
        norms = (
            try w("input_layernorm.weight", [c.hiddenSize], .ones),
            try w("post_self_attn_layernorm.weight", [c.hiddenSize], .ones),
            try w("post_attention_layernorm.weight", [c.hiddenSize], .ones),
            try w("post_mlp_layernorm.weight", [c.hiddenSize], .ones)
        )
    }

    /// The weights as a ``StepDecoder`` takes them.
    var stepBlock: StepDecoder.Block {
        StepDecoder.Block(norms: norms, attention: attention.stepParts, mlp: mlp.stepParts)
    }

    /// [batch, seq, hidden] → [batch, seq, hidden].
    func callAsFunction(
        _ x: Tensor,
        _ rotation: Rotation,
        _ memory: AttentionMemory
    ) throws(TensorError) -> Tensor {
        let mixed = try attention(x.rmsNorm(norms.beforeAttention, epsilon: epsilon), rotation, memory)
        let h = try x + mixed.rmsNorm(norms.afterAttention, epsilon: epsilon)
        let inner = try mlp(h.rmsNorm(norms.beforeMLP, epsilon: epsilon))
        return try h + inner.rmsNorm(norms.afterMLP, epsilon: epsilon)
    }
}

/// down(silu(gate) · up), gate and up computed by one product.
struct DecoderMLP {
    private let gateAndUp: Matrix
    private let down: Matrix

    init(_ c: TextConfiguration, _ w: ParameterScope) throws {
        gateAndUp = try w.matrix("gate_up_proj.weight", [2 * c.intermediateSize, c.hiddenSize])
        down = try w.matrix("down_proj.weight", [c.hiddenSize, c.intermediateSize])
    }

    var stepParts: (gateAndUp: StepDecoder.Matrix, down: StepDecoder.Matrix) {
        (gateAndUp.stepPart(), down.stepPart())
    }

    func callAsFunction(_ x: Tensor) throws(TensorError) -> Tensor {
        try x.gatedLinear(gateAndUp).linear(down)
    }
}
