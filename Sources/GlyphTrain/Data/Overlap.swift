// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

/// How much of a test text stands in the training text as well: figures on text that was learned by heart say nothing.
///
/// The test text is cut into passages of `passageLength` letters and digits; case, spaces, punctuation and line breaks
/// do not count, so that another edition of the same book is found out.
package struct Overlap: Sendable, Equatable {
    /// Passages of the test text.
    package let passages: Int
    /// Those that the training text holds, too.
    package let found: Int

    /// Letters and digits of a passage: about eight English words, which seldom meet twice by chance.
    static let passageLength = 40

    /// Compares two texts; takes time and memory in proportion to their lengths.
    package init(of test: Corpus, in training: Corpus) {
        let passages = Self.letters(test.scalars)
        let length = Self.passageLength
        let wanted = Set(
            stride(from: 0, through: passages.count - length, by: length)
                .map { Self.hash(passages[$0..<$0 + length]) }
        )
        // A bit for the low bits of every hash: most places of the training text are done with after one look.
        let bits = 1 << 22
        var isWanted = [Bool](repeating: false, count: bits)
        for hash in wanted { isWanted[Int(hash & UInt64(bits - 1))] = true }
        let text = Self.letters(training.scalars)
        var met: Set<UInt64> = []
        if text.count >= length {
            let leading = (1..<length).reduce(UInt64(1)) { power, _ in power &* Self.base }
            var hash = Self.hash(text[..<length])
            for end in length...text.count {
                if isWanted[Int(hash & UInt64(bits - 1))], wanted.contains(hash) { met.insert(hash) }
                guard end < text.count else { break }
                hash = (hash &- UInt64(text[end - length]) &* leading) &* Self.base &+ UInt64(text[end])
            }
        }
        self.passages = wanted.count
        found = met.count
    }

    /// Odd, so that every letter of a passage reaches the low bits.
    private static let base: UInt64 = 0x9E37_79B9_7F4A_7C15

    private static func hash(_ letters: ArraySlice<UInt32>) -> UInt64 {
        letters.reduce(0) { $0 &* base &+ UInt64($1) }
    }

    private static func letters(_ scalars: [Unicode.Scalar]) -> [UInt32] {
        scalars.compactMap { scalar in
            switch scalar {
            case "a"..."z", "0"..."9": scalar.value
            case "A"..."Z": scalar.value + 32
            case _ where !scalar.isASCII && scalar.properties.isAlphabetic: scalar.value
            default: nil
            }
        }
    }
}
