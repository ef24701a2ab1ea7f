// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

/// The characters that dense glyph alignment tells apart: one class each.
///
/// Printable ASCII, the upper half of Latin-1 (which holds the newline mark `¶`), and the punctuation of typeset books.
/// Each takes one cell of a grid page, so that the n-th character of a text is in its n-th cell.
public enum GlyphClasses {
    /// The character of each class; the first is the space, a cell without ink.
    public static let characters: [Unicode.Scalar] = {
        let ranges: [ClosedRange<UInt32>] = [0x20...0x7E, 0xA1...0xAC, 0xAE...0xFF]
        let others: [UInt32] = [
            0x152, 0x153, 0x2013, 0x2014, 0x2018, 0x2019, 0x201A, 0x201C, 0x201D, 0x201E, 0x2020, 0x2022, 0x2026,
            0x2032,
            0x2033, 0x2039, 0x203A, 0x20AC, 0x2122, 0x2190, 0x2192, 0x2212, 0x2260, 0x2264, 0x2265,
        ]
        return (ranges.flatMap(Array.init) + others).compactMap(Unicode.Scalar.init)
    }()

    public static var count: Int { characters.count }

    /// The class of a cell without ink.
    public static let blank = 0

    /// How a grid page shows the end of a line.
    public static let newline = index["\u{B6}"] ?? blank

    private static let index = Dictionary(uniqueKeysWithValues: characters.enumerated().map { ($1, $0) })

    /// The class of a character, or nothing for one that the model is not trained to tell apart.
    public static func index(of scalar: Unicode.Scalar) -> Int? {
        scalar == "\n" ? newline : index[scalar]
    }
}
