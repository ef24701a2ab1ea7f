// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphVLM

/// A sequence to learn from: pages and bytes, and which of the bytes the model has to say itself.
struct TrainingExample {
    let prompt: Prompt
    /// The pages, in the order of the prompt's images.
    let pages: [TrainingPage]
    /// The tokens to be predicted, each from everything before it: rising ranges of indices above 0, one for each answer.
    let targets: [Range<Int>]

    /// The answers without the token that ends each.
    var answers: [[Int32]] { targets.map { Array(prompt.tokens[$0].dropLast()) } }
}
