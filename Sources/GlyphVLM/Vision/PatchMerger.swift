// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphTensor

/// Joins the patches of an image token by a convolution and maps the result to the decoder's width.
struct PatchMerger {
    private let joint: Tensor
    private let jointBias: Tensor
    private let projection: Tensor
    private let norm: (weight: Tensor, bias: Tensor)
    private let mlp: VisionMLP
    private let patchesPerToken: Int

    /// `w` is the scope of the tower, in which the convolution and the merger stand side by side.
    init(_ c: VisionConfiguration, _ w: ParameterScope) throws {
        patchesPerToken = c.patchesPerToken
        let kernel = [c.outputSize, c.hiddenSize, c.mergeSize, c.mergeSize]
        joint = try w("downsample.weight", kernel, .normal)
        jointBias = try w("downsample.bias", [c.outputSize], .zeros)
        let m = w / "merger"
        projection = try m("proj.weight", [c.outputSize, c.outputSize], .normal)
        norm = (
            try m("post_projection_norm.weight", [c.outputSize], .ones),
            try m("post_projection_norm.bias", [c.outputSize], .zeros)
        )
        mlp = try VisionMLP(c.outputSize, c.mergerSize, hasBias: false, m)
    }

    /// [patches, hidden] → [image tokens, decoder width].
    func callAsFunction(_ x: Tensor, probe: Probe?) throws(TensorError) -> Tensor {
        // A token's patches lie together, row by row: with them behind the channels, the convolution is a product.
        let squares = try x.reshape([-1, patchesPerToken, x.size(1)]).transpose(1, 2)  // [tokens, hidden, patches]
        let flat = try squares.reshape([squares.size(0), -1])
        let joined = try flat.linear(joint.reshape([joint.size(0), -1]), bias: jointBias)
        probe?("downsample", joined)
        let normed = try joined.linear(projection).layerNorm(norm.weight, bias: norm.bias, epsilon: 1e-5)
        let merged = try mlp(normed.gelu())
        probe?("merger", merged)
        return merged
    }
}
