// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Foundation
import GlyphPage
import Testing

@testable import GlyphTokens

@Suite("Tokenizer trainer")
struct TokenizerTrainerTests {
    private func trained(_ texts: [String], size: Int = 400) throws -> Tokenizer {
        var trainer = TokenizerTrainer()
        for text in texts { trainer.add(text) }
        return try trainer.train(vocabularySize: size, specialTokens: ["<|end|>"])
    }

    @Test("The order of the texts does not change the result")
    func deterministic() throws {
        let texts = try Fixtures.decode([String].self, "texts.json")
        let forward = try trained(texts)
        #expect(try trained(texts.reversed()).compactForm() == forward.compactForm())
        #expect(try trained(texts).compactForm() == forward.compactForm())
        #expect(forward.vocabularySize == 400)
        #expect(forward.id(ofAddedToken: "<|end|>") == 399)
    }

    @Test("Merges are those of counting every pair anew at each step")
    func equalsDirectCounting() throws {
        let texts = try Fixtures.decode([String].self, "texts.json")
        var words: [[UInt8]: Int] = [:]
        let scanner = WordScanner(.cl100k, ScalarClassCache())
        for text in texts {
            Array(text.utf8).withUnsafeBufferPointer { bytes in
                var start = 0
                while let base = bytes.baseAddress, start < bytes.count {
                    let end = scanner.wordEnd(base, from: start, to: bytes.count)
                    words[Array(bytes[start..<end]), default: 0] += 1
                    start = end
                }
            }
        }
        let tokenizer = try trained(texts, size: 340)
        var symbols = words.map { (ids: $0.key.map { Int32($0) }, count: $0.value) }
        for (rank, pair) in tokenizer.model.merges.pairs.enumerated() {
            var counts: [MergeLearner.Pair: Int] = [:]
            for word in symbols {
                for (left, right) in zip(word.ids, word.ids.dropFirst()) {
                    counts[MergeLearner.Pair(left: left, right: right), default: 0] += word.count
                }
            }
            let best = counts.min { ($1.value, $0.key.left, $0.key.right) < ($0.value, $1.key.left, $1.key.right) }
            #expect(best?.key == MergeLearner.Pair(left: pair.left, right: pair.right))
            symbols = symbols.map { word in
                var ids: [Int32] = []
                for id in word.ids {
                    // A token just made here cannot be the left half again: `aaa` merges to `aa a`.
                    if id == pair.right, let last = ids.last, last == pair.left {
                        ids[ids.count - 1] = Int32(256 + rank)
                    } else {
                        ids.append(id)
                    }
                }
                return (ids, word.count)
            }
        }
    }

    @Test("Sizes that make no sense are errors")
    func badSizes() {
        #expect(throws: InputError.self) { try TokenizerTrainer().train(vocabularySize: 255) }
        #expect(throws: InputError.self) { try TokenizerTrainer().train(vocabularySize: 1 << 22) }
        #expect(throws: InputError.self) {
            try TokenizerTrainer().train(vocabularySize: 300, specialTokens: ["a", "a"])
        }
        #expect(throws: InputError.self) { try TokenizerTrainer().train(vocabularySize: 300, specialTokens: [""]) }
    }

    @Test("Nothing to learn gives the 256 bytes")
    func emptyCorpus() throws {
        #expect(try TokenizerTrainer().train(vocabularySize: 1000).vocabularySize == 256)
    }
}
