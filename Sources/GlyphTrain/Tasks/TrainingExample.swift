// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphVLM

/// A sequence to learn from: pages and bytes, and which of the bytes the model has to say itself.
struct TrainingExample {
    let prompt: Prompt
    /// The pages, in the order of the prompt's images.
    let pages: [TrainingPage]
    /// The tokens to be predicted, each from everything before it; a range of indices above 0.
    let target: Range<Int>

    /// The target without the token that ends it.
    var answer: [Int32] { Array(prompt.tokens[target].dropLast()) }
}
