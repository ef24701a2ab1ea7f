// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage

/// Learns a byte-level BPE vocabulary from text.
///
/// Deterministic: the same words with the same counts give the same merges on every machine, whatever the order of
/// the texts. The pair with the highest count merges first; among equals the one with the lower left id, then the
/// lower right id. Ids are the 256 bytes, then merges in order, then special tokens.
///
/// Pair counts are kept up to date from the words that a merge touches, and the next pair comes from a heap whose
/// stale entries are dropped when they surface, so that a merge costs only what it changes.
public struct TokenizerTrainer {
    /// How the trained tokenizer cuts text into words before merging.
    public enum WordPattern: String, Sendable, CaseIterable {
        case gpt2, cl100k, qwen2, o200k

        var rule: SplitRule {
            switch self {
            case .gpt2: .gpt2
            case .cl100k: .cl100k
            case .qwen2: .qwen2
            case .o200k: .o200k
            }
        }
    }

    private let pattern: WordPattern
    private let scanner: WordScanner
    private var wordCounts: [[UInt8]: Int] = [:]

    public init(pattern: WordPattern = .cl100k) {
        self.pattern = pattern
        scanner = WordScanner(pattern.rule, ScalarClassCache())
    }

    /// Counts the words of one document as if it occurred `weight` times, to balance languages.
    public mutating func add(_ document: UnsafeBufferPointer<UInt8>, weight: Int = 1) {
        guard let base = document.baseAddress else { return }
        var start = 0
        while start < document.count {
            let end = scanner.wordEnd(base, from: start, to: document.count)
            wordCounts[Array(document[start..<end]), default: 0] += weight
            start = end
        }
    }

    /// Counts the words of one document.
    public mutating func add(_ document: String, weight: Int = 1) {
        var document = document
        document.withUTF8 { add($0, weight: weight) }
    }

    /// Learns merges until the vocabulary is full or nothing repeats.
    ///
    /// - Parameters:
    ///   - vocabularySize: the number of ids wanted: bytes, merges and special tokens together.
    ///   - specialTokens: texts matched whole, in id order.
    ///   - minimumCount: pairs rarer than this never merge.
    ///   - longestToken: no token grows beyond this many bytes; keeps rules and padding out of the vocabulary.
    /// - Returns: a tokenizer with at most `vocabularySize` ids.
    /// - Throws: `InputError` if the sizes make no sense.
    public func train(
        vocabularySize: Int,
        specialTokens: [String] = [],
        minimumCount: Int = 2,
        longestToken: Int = 32
    ) throws -> Tokenizer {
        let mergeLimit = vocabularySize - 256 - specialTokens.count
        guard mergeLimit >= 0 else {
            throw InputError(
                at: "vocabularySize",
                "\(vocabularySize) is too small",
                expected: "at least 256 bytes and \(specialTokens.count) special tokens"
            )
        }
        guard mergeLimit < MergeTable.mergeLimit else {
            throw InputError(
                at: "vocabularySize",
                "\(vocabularySize) is too large",
                expected: "fewer than \(MergeTable.mergeLimit) merges"
            )
        }
        guard Set(specialTokens.map { Array($0.utf8) }).count == specialTokens.count,
            !specialTokens.contains(where: \.isEmpty)
        else { throw InputError(at: "specialTokens", "a token is empty or occurs twice") }

        var learner = MergeLearner(wordCounts, minimumCount: max(1, minimumCount), longestToken: longestToken)
        while learner.merges.count < mergeLimit, learner.step() {}

        let merges = learner.merges.map { (left: $0.left, right: $0.right) }
        let added = specialTokens.enumerated().map { offset, content in
            AddedToken(id: Int32(256 + merges.count + offset), content: content, isSpecial: true)
        }
        let spelling = SplitRule.spellings.first { $0.rule == pattern.rule }?.pattern ?? ""
        return try Tokenizer(
            TokenizerModel(
                tokens: DeferredVocabulary(Vocabulary(joining: merges)),
                merges: try MergeTable(pairs: merges),
                byteIDs: (0..<256).map { $0 },
                addedTokens: added,
                stages: [.words(pattern.rule, spelling: spelling)]
            )
        )
    }
}
