// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphTensor

/// The vision tower: pixel values become the vectors of image tokens.
///
/// Patches are projected and, in GLM-4.1V, normed and given resampled learned positions; blocks with two-dimensional
/// rotary attention follow, in which every image sees itself only; 2×2 patches are joined by a convolution and mapped
/// by the merger. Reference: `Glm4vVisionModel` and `GlmOcrVisionModel` of `transformers` 5.23.
final class VisionTower {
    /// Whether the backward pass computes the blocks again, so that only their inputs are kept for it.
    var recomputesBlocks = false
    let patches: PatchEmbedding
    private let configuration: VisionConfiguration
    private let entrance: (norm: Tensor, positions: PositionTable)?
    private let blocks: [VisionBlock]
    private let normAfterBlocks: Tensor
    private let merger: PatchMerger

    init(_ c: VisionConfiguration, _ w: ParameterScope) throws {
        configuration = c
        patches = try PatchEmbedding(c, w / "patch_embed")
        entrance =
            c.family == .glmOCR
            ? nil
            : (try w("post_conv_layernorm.weight", [c.hiddenSize], .ones), try PositionTable(c, w / "embeddings"))
        blocks = try (0..<c.depth).map { try VisionBlock(c, w / "blocks" / $0) }
        normAfterBlocks = try w("post_layernorm.weight", [c.hiddenSize], .ones)
        merger = try PatchMerger(c, w)
    }

    /// Image tokens of several images.
    ///
    /// - Parameters:
    ///   - pixels: [patches, pixel values of a patch], the images one after the other.
    ///   - grids: The images' grids; their patches add up to those of `pixels`.
    ///   - probe: Is shown every intermediate result by the name that the tests know it by.
    /// - Returns: [image tokens, decoder width]
    /// - Throws: `TensorError`, such as memory that could not be had.
    func callAsFunction(
        _ pixels: Tensor,
        _ grids: [ImageGrid],
        probe: Probe? = nil
    ) throws(TensorError) -> Tensor {
        let epsilon = configuration.normEpsilon
        var x = try patches(pixels)  // [patches, hidden]
        probe?("patch_embed", x)
        let places = try PatchPlaces(grids, device: x.device)
        if let entrance {
            x = try x.rmsNorm(entrance.norm, epsilon: epsilon)
            probe?("post_conv_norm", x)
            x = try x + entrance.positions(places)
            probe?("embeddings", x)
        }
        let rotation = try places.rotation(configuration)
        for (index, block) in blocks.enumerated() {
            x =
                recomputesBlocks
                ? try x.checkpointed { x throws(TensorError) in try block(x, rotation, places.segments) }
                : try block(x, rotation, places.segments)
            probe?("block.\(index)", x)
        }
        x = try x.rmsNorm(normAfterBlocks, epsilon: epsilon)
        probe?("post_norm", x)
        return try merger(x, probe: probe)
    }
}

/// Sees intermediate results, for tests.
typealias Probe = (_ name: String, _ value: Tensor) -> Void

/// Cosines and sines of the angles that queries and keys are turned by, [seq, pairs] or [batch, seq, pairs] in f32.
struct Rotation {
    let cos: Tensor
    let sin: Tensor
}
