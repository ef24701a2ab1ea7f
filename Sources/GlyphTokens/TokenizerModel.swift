// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

/// Everything that determines a tokenizer's ids: the content of a `tokenizer.json`, validated.
struct TokenizerModel: Sendable {
    var tokens: DeferredVocabulary
    var merges: MergeTable
    /// The words that need no merging, if they are known beforehand.
    var words: WordTable?
    /// The id of each of the 256 single bytes.
    var byteIDs: [Int32]
    var addedTokens: [AddedToken] = []
    var stages: [PreTokenizerStage]
    /// Text is composed (NFC) first.
    var composes = false
    /// A word that is a token is taken whole, whatever the merges say (Llama 3).
    var ignoresMergesForWholeWords = false
    /// What the post-processor puts around a text when asked to.
    var prefix: [Int32] = []
    var suffix: [Int32] = []

    /// The bytes of every token; built when first asked for.
    var vocabulary: Vocabulary { tokens.value }

    /// One more than the largest id.
    var idCount: Int { max(tokens.count, (addedTokens.map { Int($0.id) }.max() ?? -1) + 1) }
}
