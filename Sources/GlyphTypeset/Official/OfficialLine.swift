// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

/// A broken line: what of its `OfficialText` it shows, and what drawing needs to know.
struct OfficialLine {
    /// Words in order, and the spaces that join them.
    var pieces: [Piece] = []
    /// The unused width in points; negative when the line is overfull.
    var extraSpace: Double = 0
    /// reportlab's count of words, from which it derives the number of stretchable spaces.
    var wordCount = 0
    /// Whether the source ended the line, which exempts it from justification.
    var endsWithBreak = false
    /// The index in the paragraph's words of the first word (reportlab's `sFW`).
    var firstWord = 0
    /// Whether the whole paragraph is a single fragment (reportlab's `kind == 0`), whose rules for justifying differ.
    var isSimple = false

    /// The characters of all words.
    var characterCount: Int { pieces.reduce(0) { $0 + Int($1.end - $1.start) } }

    /// A range of characters, or a space that belongs to no character.
    struct Piece {
        var start: Int32
        var end: Int32

        static let space = Piece(start: -1, end: -1)

        var isSpace: Bool { start < 0 }
    }
}

/// A word on its way through line breaking.
struct OfficialWord {
    enum Kind: UInt8 {
        case plain
        /// Part of an over-long word that was cut (`_SplitFrag`, `_SplitWord`).
        case cut
        /// The last part of a cut word (`_SplitFragH`, `_SplitFragHS`, `_SplitWordEnd`).
        case cutEnd
        /// A line break from the source.
        case lineBreak
        /// A line break put in after a cut; it vanishes when the paragraph is broken again (`_InjectedFrag`).
        case injectedBreak
    }

    /// The character range.
    var start: Int32
    var end: Int32
    var width: Double
    var kind: Kind
    /// Whether a space follows (`_HSFrag`).
    var hasSpaceAfter: Bool

    /// The rest of an over-long word, which is wider than any line.
    static func uncut(_ characters: Range<Int32>, hasSpaceAfter: Bool) -> OfficialWord {
        OfficialWord(
            start: characters.lowerBound,
            end: characters.upperBound,
            width: .infinity,
            kind: .cutEnd,
            hasSpaceAfter: hasSpaceAfter
        )
    }

    var isCut: Bool { kind == .cut || kind == .cutEnd }
    var isBreak: Bool { kind == .lineBreak || kind == .injectedBreak }
}
