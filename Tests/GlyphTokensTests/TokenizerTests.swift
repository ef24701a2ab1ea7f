// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Foundation
import GlyphPage
import Testing

@testable import GlyphTokens

@Suite("Tokenizer")
struct TokenizerTests {
    /// Layouts that neither compose text nor add spaces nor drop characters, without their greedy added tokens.
    private static let lossless = ["gpt2", "cl100k", "o200k", "tekken", "bytes", "digits", "unknown"]

    @Test("Decoding an encoding gives the bytes back, whatever the bytes", arguments: lossless)
    func decodesWhatItEncoded(_ layout: String) throws {
        let tokenizer = try Fixtures.tokenizer(layout)
        var random = SplitMix64(state: 1)
        for _ in 0..<150 {
            let bytes = random.bytes(upTo: 200)
            let ids = tokenizer.encode(bytes)
            #expect(try tokenizer.decode(ids) == bytes)
            #expect(tokenizer.count(bytes) == ids.count)
        }
    }

    @Test("The standard tokenizer decodes what it encoded and knows its special tokens")
    func standardRoundTrip() throws {
        let tokenizer = try Tokenizer.standard()
        #expect(tokenizer.vocabularySize == 32_768)
        #expect(tokenizer.id(ofAddedToken: "<|endoftext|>") == 32_752)
        var random = SplitMix64(state: 2)
        for _ in 0..<100 {
            let bytes = random.bytes(upTo: 500)
            #expect(try tokenizer.decode(tokenizer.encode(bytes)) == bytes)
        }
        let english = "It is a truth universally acknowledged, that a single man must be in want of a wife."
        #expect(tokenizer.count(english) * 4 < english.utf8.count)
        #expect(tokenizer.count("他们在北京大学学习现代文学。") < 14)
    }

    @Test("Ids do not depend on what was encoded before")
    func cacheDoesNotChangeIDs() throws {
        let texts = try Fixtures.decode([String].self, "texts.json")
        let warm = try Fixtures.tokenizer("cl100k")
        for text in texts { _ = warm.count(text) }
        for text in texts.reversed() {
            #expect(try warm.encode(text) == Fixtures.tokenizer("cl100k").encode(text))
        }
    }

    @Test("A sentence in the middle of a buffer encodes as it does alone")
    func readsOnlyItsBytes() throws {
        let tokenizer = try Tokenizer.standard()
        let text = Array("abcdefgh ijklmnopqrstuvwxyz 0123456789 中文字".utf8)
        for start in text.indices {
            for end in start...min(text.count, start + 20) {
                let part = text.withUnsafeBufferPointer {
                    tokenizer.encode(UnsafeBufferPointer(rebasing: $0[start..<end]))
                }
                #expect(part == tokenizer.encode(Array(text[start..<end])))
            }
        }
    }

    @Test("Threads that encode at the same time get the same ids")
    func concurrentUse() async throws {
        let tokenizer = try Tokenizer.standard()
        let texts = try Fixtures.decode([String].self, "texts.json")
        let expected = texts.map { tokenizer.encode($0) }
        await withTaskGroup(of: [[Int32]].self) { group in
            for _ in 0..<8 { group.addTask { texts.map { tokenizer.encode($0) } } }
            for await ids in group { #expect(ids == expected) }
        }
    }

    @Test("A word of 200,000 letters takes the same ids by heap as a short one by scanning, and not forever")
    func longWords() throws {
        let tokenizer = try Tokenizer.standard()
        let long = String(repeating: "ab", count: 100_000)
        let ids = tokenizer.encode(long)
        #expect(try tokenizer.decode(ids) == Array(long.utf8))
        var merger = PairMerger(tokenizer.model.merges, byteIDs: tokenizer.model.byteIDs)
        for length in [47, 48, 49, 50, 97] {
            let word = Array(("Pneumonoultramicroscopicsilicovolcanoconiosis" + long).utf8).prefix(length)
            var fast: [Int32] = []
            Array(word).withUnsafeBufferPointer { merger.merge($0, into: &fast) }
            #expect(fast == naiveMerge(Array(word), tokenizer.model.merges))
        }
    }

    private func naiveMerge(_ word: [UInt8], _ merges: MergeTable) -> [Int32] {
        var ids = word.map { Int32($0) }
        while let best = zip(ids.indices, zip(ids, ids.dropFirst()))
            .map({ (index: $0, merge: merges.lookUp($1.0, $1.1)) })
            .min(by: { ($0.merge.rank, $0.index) < ($1.merge.rank, $1.index) }), best.merge.rank != .max
        {
            ids.replaceSubrange(best.index...best.index + 1, with: [best.merge.merged])
        }
        return ids
    }

    @Test("Special tokens in a text are text when asked for literally")
    func literalSpecialTokens() throws {
        let tokenizer = try Tokenizer.standard()
        let text = "a<|endoftext|>b"
        #expect(tokenizer.encode(text).contains(32_752))
        #expect(!tokenizer.encode(text, specialTokens: .literal).contains(32_752))
        #expect(try tokenizer.decode(tokenizer.encode(text, specialTokens: .literal)) == Array(text.utf8))
        #expect(try tokenizer.decode(tokenizer.encode(text), skippingSpecialTokens: true) == Array("ab".utf8))
    }

    @Test("Decoding an id that no token has is an error")
    func unknownID() throws {
        let tokenizer = try Tokenizer.standard()
        for id: Int32 in [-1, 32_768, .max, .min] {
            #expect(throws: InputError.self) { try tokenizer.decode([id]) }
        }
    }

    @Test("Streaming gives whole characters and the same text in the end")
    func streaming() throws {
        let tokenizer = try Fixtures.tokenizer("bytes")
        let text = "héllo 中文 👩🏽‍🚀 end"
        var decoder = TokenStreamDecoder(tokenizer)
        var streamed = ""
        for id in tokenizer.encode(text) {
            let part = try decoder.append(id)
            #expect(!part.contains("\u{FFFD}"))
            streamed += part
        }
        #expect(streamed + decoder.finish() == text)
    }
}
