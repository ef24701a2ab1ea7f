// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Foundation
import GlyphPage
import Testing

@testable import GlyphTokens

@Suite("Malformed tokenizer files")
struct MalformedTokenizerTests {
    @Test(
        "What is not supported is refused with the path to it",
        arguments: [
            (#""type":"BPE""#, #""type":"Unigram""#, ".model.type"),
            (#""byte_fallback":false"#, #""byte_fallback":true"#, ".model.byte_fallback"),
            (#""dropout":null"#, #""dropout":0.1"#, ".model.dropout"),
            (#""end_of_word_suffix":null"#, #""end_of_word_suffix":"</w>""#, ".model.end_of_word_suffix"),
            (#""normalizer":null"#, #""normalizer":{"type":"NFKC"}"#, ".normalizer.type"),
            (#""behavior":"Isolated""#, #""behavior":"MergedWithNext""#, ".pre_tokenizer.pretokenizers[0].behavior"),
            (#""type":"Split""#, #""type":"Metaspace""#, ".pre_tokenizer.pretokenizers[0].type"),
            (#""Regex":""#, #""Regex":"(unclosed"#, ".pre_tokenizer.pretokenizers[0].pattern.Regex"),
            (#""decoder":{"type":"ByteLevel""#, #""decoder":{"type":"WordPiece""#, ".decoder.type"),
            (#""!":0"#, #""!":99999999"#, ".model.vocab.!"),
            (#""!":0"#, #""!":1"#, ".model.vocab.\""),
            (#""!":0,"#, "", ".model.vocab"),
        ]
    )
    func refused(_ original: String, _ replacement: String, _ path: String) throws {
        var text = String(decoding: try Fixtures.data("cl100k.tokenizer.json"), as: UTF8.self)
        #expect(text.contains(original))
        text = text.replacingOccurrences(of: original, with: replacement)
        let error = #expect(throws: InputError.self) {
            try Tokenizer(huggingFaceJSON: Array(text.utf8), source: "t.json")
        }
        #expect(error?.location.hasPrefix("t.json\(path)") == true, "\(String(describing: error))")
    }

    @Test("Damaged JSON is an error or a tokenizer, never a crash", arguments: ["cl100k", "qwen2"])
    func mutations(_ layout: String) throws {
        let original = Array(try Fixtures.data("\(layout).tokenizer.json"))
        var random = SplitMix64(state: 5)
        let alphabet = Array("{}[]\",:0129-eEtfn\\u d\u{00}".utf8) + [0xFF, 0xC3]
        for _ in 0..<400 {
            var bytes = original
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                // Half of the damage goes into the small head of the file, where the structure is.
                let limit = Bool.random(using: &random) ? 3000 : bytes.count
                let place = Int.random(in: 0..<min(limit, bytes.count), using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: bytes[place] = alphabet[Int.random(in: 0..<alphabet.count, using: &random)]
                case 1: bytes.remove(at: place)
                case 2: bytes.insert(alphabet[Int.random(in: 0..<alphabet.count, using: &random)], at: place)
                default: bytes.removeLast(bytes.count - max(place, 1))
                }
            }
            do {
                let tokenizer = try Tokenizer(huggingFaceJSON: bytes)
                _ = tokenizer.count("some text 中文 <|endoftext|>", addingSpecialTokens: true)
            } catch is InputError {}
        }
    }

    @Test(
        "Hostile JSON is an error",
        arguments: [
            "", "{", "[]", "nul", "{}", #"{"model":{}}"#, #"{"model":{"vocab":{},"merges":[]}}"#, #""\ud800""#,
            #""\u12"#, "1e999", "[1,]", #"{"a" 1}"#, "\"\u{1}\"", #"{"model":{"vocab":{"a":1.5}}}"#, "\"\\u",
        ]
    )
    func hostile(_ text: String) {
        #expect(throws: InputError.self) { try Tokenizer(huggingFaceJSON: Array(text.utf8)) }
    }

    @Test("Deep nesting is refused before the stack runs out")
    func nesting() {
        let deep = [UInt8](repeating: UInt8(ascii: "["), count: 1_000_000)
        #expect(throws: InputError.self) { try Tokenizer(huggingFaceJSON: deep) }
    }

    @Test("A damaged compact file is an error")
    func damagedCompactForm() throws {
        let bytes = try Tokenizer.standard().compactForm()
        #expect(
            try Tokenizer(compact: bytes, source: "x").encode("Hello there")
                == Tokenizer.standard().encode("Hello there")
        )
        for length in [0, 7, 8, 12, 15, 16, 24, 1000, 600_000, bytes.count - 1] {
            #expect(throws: InputError.self) { try Tokenizer(compact: Array(bytes.prefix(length)), source: "x") }
        }
        #expect(throws: InputError.self) { try Tokenizer(compact: bytes + [0], source: "x") }
        let pairs = 24 + 8 * 65_536
        for (offset, damage) in [(pairs, [0xFF, 0xFF]), (12, [0xFF, 0xFF]), (16, [3]), (20, [3])] as [(Int, [UInt8])] {
            var damaged = bytes
            damaged.replaceSubrange(offset..<offset + damage.count, with: damage)
            #expect(throws: InputError.self, "\(damage) at \(offset)") {
                try Tokenizer(compact: damaged, source: "x")
            }
        }
        // Slots are not checked one by one: what is wrong in them makes other tokens, and ends.
        var generator = SplitMix64(state: 3)
        for _ in 0..<20 {
            var damaged = bytes
            func damage(_ offset: Int) { damaged[offset] = UInt8.random(in: 0...255, using: &generator) }
            for offset in stride(from: 24, to: pairs, by: 7) { damage(offset) }
            for offset in pairs + 4 * 32_496..<bytes.count - 300 { damage(offset) }
            let tokenizer = try Tokenizer(compact: damaged, source: "x")
            let text = "Reader, I married him. A quiet wedding we had: he and I, the parson and clerk, were alone."
            #expect(tokenizer.encode(text).allSatisfy { $0 >= 0 && Int($0) < tokenizer.vocabularySize })
        }
    }

    @Test("Words that are known to be one token are those that merging makes one")
    func wordsNeedNoMerging() throws {
        let tokenizer = try Tokenizer.standard()
        let vocabulary = tokenizer.model.vocabulary
        let words = try #require(tokenizer.model.words)
        var merger = PairMerger(tokenizer.model.merges, byteIDs: tokenizer.model.byteIDs)
        var ids: [Int32] = []
        var found = 0
        for id in 256..<vocabulary.count where vocabulary[id].count <= WordCache.longestWord {
            vocabulary[id].withUnsafeBufferPointer { word in
                merger.merge(word, into: &ids)
                let known = words.id(of: word, WordCache.Key(word, readable: word.count))
                #expect(known == (ids.count == 1 ? ids[0] : nil))
                if known != nil { found += 1 }
                // One byte more or less is another word.
                for other in [Array(word.dropLast()), word + [0x71]] where other.count <= WordCache.longestWord {
                    other.withUnsafeBufferPointer { other in
                        guard let id = words.id(of: other, WordCache.Key(other, readable: other.count)) else { return }
                        #expect(vocabulary[Int(id)].elementsEqual(other))
                    }
                }
            }
        }
        #expect(found > 32_000)
    }
}
