// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphTasks

/// The characters that dense glyph alignment tells apart: one class each.
///
/// Printable ASCII and ``TypesetSigns``, which hold the newline mark `¶`.
/// Each takes one cell of a grid page, so that the n-th character of a text is in its n-th cell.
package enum GlyphClasses {
    /// The character of each class; the first is the space, a cell without ink.
    package static let characters = (0x20...0x7E).map { Unicode.Scalar(UInt8($0)) } + TypesetSigns.all

    package static var count: Int { characters.count }

    /// The class of a cell without ink.
    package static let blank = 0

    /// How a grid page shows the end of a line.
    package static let newline = index[TypesetSigns.newlineMark] ?? blank

    private static let index = Dictionary(uniqueKeysWithValues: characters.enumerated().map { ($1, $0) })

    /// The class of a character, or nothing for one that the model is not trained to tell apart.
    package static func index(of scalar: Unicode.Scalar) -> Int? {
        scalar == "\n" ? newline : index[scalar]
    }
}
