// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

package import GlyphTensor

/// A part of a model, known by how the names of its parameters begin.
///
/// For what has to treat the parts differently, or to count what each of them costs, without knowing any name.
package enum ModelPart: String, CaseIterable, Sendable {
    /// All that looks at images; the next four are parts of it.
    case visionTower = "model.visual."
    case patchEmbedding = "model.visual.patch_embed."
    case visionBlocks = "model.visual.blocks."
    /// The convolution that joins the patches of an image token.
    case patchConvolution = "model.visual.downsample."
    case merger = "model.visual.merger."
    case tokenEmbedding = "model.language_model.embed_tokens."
    case decoderBlocks = "model.language_model.layers."
    /// What makes logits; there is none where the embedding's weights do that as well.
    case head = "lm_head."

    /// Whether the parameter of this name belongs to the part.
    package func holds(_ name: String) -> Bool { name.hasPrefix(rawValue) }
}

extension GLM4V {
    /// The parameters of some parts, in their fixed order; without matrices of 8 bits.
    package func parameters(of parts: ModelPart...) -> [(name: String, tensor: Tensor)] {
        parameters.filter { parameter in parts.contains { $0.holds(parameter.name) } }
    }
}
