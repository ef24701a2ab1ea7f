// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Foundation
import GlyphPage
import Testing

@testable import GlyphTokens

@Suite("Ids equal those of the Python package tokenizers")
struct TokenizerReferenceTests {
    private struct Expected: Decodable {
        var around: [Int32]
        var ids: [[Int32]]
    }

    @Test("Each layout in use encodes multilingual text to the reference ids", arguments: Fixtures.layouts)
    func matchesReference(_ layout: String) throws {
        let tokenizer = try Fixtures.tokenizer(layout)
        let texts = try Fixtures.decode([String].self, "texts.json")
        let expected = try Fixtures.decode(Expected.self, "\(layout).ids.json")
        #expect(texts.count == expected.ids.count)
        for (text, ids) in zip(texts, expected.ids) {
            #expect(tokenizer.encode(text) == ids, "\(text.debugDescription)")
            #expect(tokenizer.count(text) == ids.count, "\(text.debugDescription)")
        }
        #expect(tokenizer.encode("x", addingSpecialTokens: true) == expected.around)
        #expect(tokenizer.count("x", addingSpecialTokens: true) == expected.around.count)
    }

    @Test("A tokenizer written as tokenizer.json and read back gives the same ids", arguments: Fixtures.layouts)
    func survivesExport(_ layout: String) throws {
        let tokenizer = try Fixtures.tokenizer(layout)
        let again = try Tokenizer(huggingFaceJSON: tokenizer.huggingFaceJSON())
        for text in try Fixtures.decode([String].self, "texts.json") {
            #expect(again.encode(text, addingSpecialTokens: true) == tokenizer.encode(text, addingSpecialTokens: true))
        }
    }

    @Test("Other patterns mean what they mean to Oniguruma, as Hugging Face's tokenizers has them")
    func oniguruma() throws {
        func pieces(_ text: String, _ pattern: String) throws -> [String] {
            let splitter = try PatternSplitter(pattern, .isolated, inverted: false)
            return Array(text.utf8).withUnsafeBufferPointer { bytes in
                splitter.pieces(bytes).map { String(decoding: bytes[$0], as: UTF8.self) }
            }
        }
        #expect(try pieces("ba\nab\nac", "^a") == ["ba\n", "a", "b\n", "a", "c"])
        #expect(try pieces("ab\nb\ncb", "b$") == ["a", "b", "\n", "b", "\nc", "b"])
        #expect(try pieces("12 ٣٤ ²½z", "\\d+") == ["12", " ", "٣٤", " ²½z"])
        #expect(try pieces("a\\dd1", "\\\\d") == ["a", "\\d", "d1"])
    }

    @Test("The scanners cut where Swift's regex engine cuts", arguments: SplitRule.spellings.indices)
    func scannerEqualsRegex(_ index: Int) throws {
        let (pattern, rule) = SplitRule.spellings[index]
        // Possessive quantifiers are not in Swift's syntax before atoms with lookahead; they do not change matches here.
        let plain = pattern.replacingOccurrences(of: "?+", with: "?").replacingOccurrences(of: "++", with: "+")
        let splitter = try PatternSplitter(plain, .isolated, inverted: false)
        let scanner = WordScanner(rule, ScalarClassCache())
        for text in try Fixtures.decode([String].self, "texts.json") where !text.contains("ſ") {
            let bytes = Array(text.utf8)
            bytes.withUnsafeBufferPointer { bytes in
                var ends: [Int] = []
                while let base = bytes.baseAddress, ends.last ?? 0 < bytes.count {
                    ends.append(scanner.wordEnd(base, from: ends.last ?? 0, to: bytes.count))
                }
                #expect(ends == splitter.pieces(bytes).map(\.upperBound), "\(text.debugDescription)")
            }
        }
    }
}
