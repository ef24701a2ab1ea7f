// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

/// The models that these files compute. They are one model but for what stands here:
///
/// | | GLM-4.1V | GLM-OCR |
/// |---|---|---|
/// | between patches and blocks | a norm and learned positions | nothing |
/// | queries and keys of the tower | as projected | each head normed |
/// | `attention_bias` of the tower | query, key and value | every matrix of a block |
/// | inner width of the tower's blocks | `out_hidden_size` | `intermediate_size` |
/// | inner width of the merger | `intermediate_size` | `out_hidden_size` for each colour |
/// | queries, keys and values of the decoder | with bias | without |
/// | head of the decoder | `hidden_size` / heads | `head_dim`, if given |
/// | layers behind the last | unknown | predict further tokens, left alone |
/// | an answer in the prompt | as it was | with its thought spelled out, an empty one before the last question |
package enum ModelFamily: String, Sendable, CaseIterable {
    /// GLM-4.1V, of which `zai-org/Glyph` is one.
    case glm4V = "glm4v"
    /// GLM-OCR.
    case glmOCR = "glm_ocr"

    /// What people call it.
    package var name: String {
        switch self {
        case .glm4V: "GLM-4.1V"
        case .glmOCR: "GLM-OCR"
        }
    }

    /// The class of `transformers` that loads it.
    var architecture: String {
        switch self {
        case .glm4V: "Glm4vForConditionalGeneration"
        case .glmOCR: "GlmOcrForConditionalGeneration"
        }
    }
}
