// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage
import GlyphTasks
import Testing

@Suite("Typeset signs")
struct TypesetSignsTests {
    private static func set(_ text: String, seed: UInt64) -> [Unicode.Scalar] {
        var random = SplitMix64(state: seed)
        return TypesetSigns.set(text.unicodeScalars, using: &random)
    }

    @Test("A sign takes the place of one character, white space stays, and no sign is left out but the newline mark")
    func places() {
        let text = "A plain sentence of words,\nand another one. "
        var seen: Set<Unicode.Scalar> = []
        for seed in 0..<2_000 {
            let set = Self.set(text, seed: UInt64(seed))
            #expect(set.count == text.unicodeScalars.count)
            #expect(zip(set, text.unicodeScalars).allSatisfy { $1 != " " && $1 != "\n" || $0 == $1 })
            seen.formUnion(set.filter { !$0.isASCII })
        }
        #expect(seen == Set(TypesetSigns.all).subtracting([TypesetSigns.newlineMark]))
    }

    @Test("Quotation marks open and close as in books")
    func quotation() {
        let pairs = zip(#""It's" ("so")"#.unicodeScalars, "“It’s” (“so”)".unicodeScalars)
        for seed in 0..<20 {
            let set = Self.set(#""It's" ("so")"#, seed: UInt64(seed))
            for (scalar, (plain, typeset)) in zip(set, pairs) where plain != typeset { #expect(scalar == typeset) }
        }
    }

    @Test("The same seed sets the same signs, another one others")
    func seeds() {
        let text = String(repeating: "words and words ", count: 20)
        #expect(Self.set(text, seed: 1) == Self.set(text, seed: 1))
        #expect(Self.set(text, seed: 1) != Self.set(text, seed: 2))
    }
}
