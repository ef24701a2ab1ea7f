// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphVLM

/// A sequence to learn from: pages and bytes, and which of the bytes the model has to say itself.
struct TrainingExample {
    /// An answer that the model has to say.
    struct Target {
        let tokens: Range<Int>
        /// Whether the token that ends an answer is its last; if not, the answer goes on with what is not asked for.
        let isWhole: Bool
    }

    let prompt: Prompt
    /// The pages, in the order of the prompt's images.
    let pages: [TrainingPage]
    /// The tokens to be predicted, each from everything before it: rising ranges of indices above 0, one for each answer.
    let targets: [Target]

    /// The answers without the token that ends each whole one.
    var answers: [[Int32]] { targets.map { Array(prompt.tokens[$0.tokens].dropLast($0.isWhole ? 1 : 0)) } }
}
