// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage

/// The shape of the vision tower: `vision_config` of `config.json`.
///
/// | key | meaning | default |
/// |---|---|---|
/// | `depth` | number of blocks | required |
/// | `hidden_size` | width of a patch | required |
/// | `num_heads` | attention heads; the head width must be a multiple of 4 | required |
/// | `out_hidden_size` | width of an image token | required |
/// | `intermediate_size` | inner width of the merger, or of GLM-OCR's blocks | required |
/// | `image_size`, `patch_size` | the learned position table has (image / patch)² rows | required |
/// | `spatial_merge_size` | patches along each side of an image token | required |
/// | `temporal_patch_size` | frames of a patch; a still image is repeated | required |
/// | `in_channels` | colours | 3 |
/// | `rms_norm_eps` | | 1e-5 |
/// | `attention_bias` | bias of the query, key and value projection; in GLM-OCR of all a block's matrices | false, true |
/// | `rope_parameters.rope_theta` | base of the rotary frequencies | 10000 |
package struct VisionConfiguration: Sendable, Equatable {
    package let family: ModelFamily
    package var depth: Int
    package var hiddenSize: Int
    package var headCount: Int
    package var outputSize: Int
    package var intermediateSize: Int
    package var imageSize: Int
    package var patchSize: Int
    package var mergeSize: Int
    package var framesPerPatch: Int
    package var channels: Int
    package var normEpsilon: Double
    package var hasAttentionBias: Bool
    package var ropeBase: Double

    /// The width of an attention head.
    package var headSize: Int { hiddenSize / headCount }

    /// The inner width of the blocks.
    var blockSize: Int { family == .glmOCR ? intermediateSize : outputSize }

    /// The inner width of the merger.
    var mergerSize: Int { family == .glmOCR ? outputSize * channels : intermediateSize }

    /// Whether a block's other matrices have a bias as well.
    var hasBlockBias: Bool { family == .glmOCR && hasAttentionBias }

    /// Rows and columns of the learned position table.
    package var positionsPerSide: Int { imageSize / patchSize }

    /// The number of pixel values of one patch: channels × frames × side².
    package var patchLength: Int { channels * framesPerPatch * patchSize * patchSize }

    /// Patches that become one image token.
    package var patchesPerToken: Int { mergeSize * mergeSize }

    init(_ fields: inout JSONFields, _ family: ModelFamily) throws {
        self.family = family
        let width = 1...1 << 17
        fields.ignore(Self.withoutEffect)
        try fields.word("model_type", oneOf: ["\(family.rawValue)_vision", family.rawValue])
        try fields.word("hidden_act", oneOf: ["silu"])
        depth = try fields.int("depth", in: 1...1_000)
        hiddenSize = try fields.int("hidden_size", in: width)
        headCount = try fields.int("num_heads", in: width)
        outputSize = try fields.int("out_hidden_size", in: width)
        intermediateSize = try fields.int("intermediate_size", in: width)
        patchSize = try fields.int("patch_size", in: 1...1_024)
        imageSize = try fields.int("image_size", in: patchSize...1 << 16)
        mergeSize = try fields.int("spatial_merge_size", in: 1...16)
        framesPerPatch = try fields.int("temporal_patch_size", in: 1...16)
        channels = try fields.int("in_channels", in: 3...3, default: 3)
        normEpsilon = try fields.positive("rms_norm_eps", default: 1e-5)
        hasAttentionBias = try fields.bool("attention_bias", default: family == .glmOCR)
        ropeBase = 10_000
        if var rope = try fields.object("rope_parameters") {
            // The reference reads "default" in older files as the only kind this tower knows.
            try rope.word("rope_type", oneOf: ["axial", "default"])
            ropeBase = try rope.positive("rope_theta", default: 10_000)
            try rope.finishCheckpoint()
        }
        try fields.finishCheckpoint()
        guard hiddenSize.isMultiple(of: headCount), headSize.isMultiple(of: 4) else {
            throw InputError(
                at: fields.location("num_heads"),
                "\(headCount) heads do not divide a width of \(hiddenSize) into multiples of 4",
                expected: "hidden_size / num_heads to be a multiple of 4"
            )
        }
    }

    /// Fields that training or other programs read.
    private static let withoutEffect = [
        "attention_dropout", "hidden_dropout_prob", "initializer_range", "dtype", "torch_dtype", "_name_or_path",
        "architectures", "transformers_version",
    ]
}
