// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

package import GlyphPage

/// Signs beyond ASCII that European languages and typeset books use, and texts that have them.
package enum TypesetSigns {
    /// The upper half of Latin-1, then the punctuation of books.
    ///
    /// The order is that of the classes of dense alignment, so new ones go to the end.
    package static let all: [Unicode.Scalar] = {
        let latin: [ClosedRange<UInt32>] = [0xA1...0xAC, 0xAE...0xFF]
        return latin.flatMap(Array.init).compactMap(Unicode.Scalar.init)
            + Array("Œœ–—‘’‚“”„†•…′″‹›€™←→−≠≤≥".unicodeScalars)
    }()

    /// How a grid page shows the end of a line; nobody can tell one that stands in the text from it.
    package static let newlineMark: Unicode.Scalar = "\u{B6}"

    /// What documents in English have most of.
    private static let usual = Array("£€§°©®™±×·½–—…•“”‘’éèêëàâáäåçñóôöøúüûíîïßæ".unicodeScalars)
    private static let distinct = all.filter { $0 != newlineMark }

    /// Sets a text as books are set: typographic quotation marks and dashes, and other signs in place of some of its
    /// characters, which no language lets a reader guess.
    ///
    /// - Parameters:
    ///   - text: Any text.
    ///   - random: Where the signs are drawn from, and the share of characters that they replace: 1 to 15 of 100.
    /// - Returns: As many characters, white space where it was.
    package static func set(
        _ text: some Sequence<Unicode.Scalar>,
        using random: inout SplitMix64
    ) -> [Unicode.Scalar] {
        let share = Double.random(in: 0.01..<0.15, using: &random)
        var result: [Unicode.Scalar] = []
        for scalar in text {
            let opens = result.last.map { " \n([".unicodeScalars.contains($0) } ?? true
            switch scalar {
            case "\"": result.append(opens ? "“" : "”")
            case "'": result.append(opens ? "‘" : "’")
            case "-": result.append(["-", "–", "—"][Int.random(in: 0..<3, using: &random)])
            case " ", "\n": result.append(scalar)
            case _ where Double.random(in: 0..<1, using: &random) < share:
                let signs = Int.random(in: 0..<4, using: &random) > 0 ? usual : distinct
                result.append(signs[Int.random(in: signs.indices, using: &random)])
            default: result.append(scalar)
            }
        }
        return result
    }
}
