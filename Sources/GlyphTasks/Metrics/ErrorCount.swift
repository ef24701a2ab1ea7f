// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage

/// Edits needed to turn what was read into what was written, and how much was written.
///
/// Counts add up, and the rate of a sum is the rate of the whole text: a mean of rates would give a short line the
/// weight of a page. Case, punctuation and Unicode normalisation count; change the texts before if they should not.
///
/// ```swift
/// let page = ErrorCount.characters(read: "Reader, l married him.", written: "Reader, I married him.")
/// page.rate  // 1 edit in 22 characters: 0.045
/// ```
package struct ErrorCount: Sendable, Equatable {
    /// Insertions, deletions and substitutions.
    package var edits: Int
    /// Characters or words of the reference.
    package var length: Int

    package init(edits: Int, length: Int) {
        self.edits = edits
        self.length = length
    }

    /// Edits by length, which may exceed 1.
    ///
    /// Of an empty reference: the number of edits.
    package var rate: Double { Double(edits) / Double(max(length, 1)) }

    package static func + (a: Self, b: Self) -> Self { Self(edits: a.edits + b.edits, length: a.length + b.length) }

    /// Character errors, in Unicode scalars as the reference implementations in Python count them.
    ///
    /// A run of white space counts as one space, and none at either end: line breaks of a page are no mistakes.
    package static func characters(read: String, written: String) -> Self {
        let written = written.collapsedWhiteSpace.unicodeScalars.map(\.value)
        let read = read.collapsedWhiteSpace.unicodeScalars.map(\.value)
        return Self(edits: EditDistance.between(read, written), length: written.count)
    }

    /// Word errors; words are what stands between white space, punctuation included.
    package static func words(read: String, written: String) -> Self {
        let written = written.split(whereSeparator: \.isWhitespace).map { ExactText($0) }
        let read = read.split(whereSeparator: \.isWhitespace).map { ExactText($0) }
        return Self(edits: EditDistance.between(read, written), length: written.count)
    }
}

/// Text that equals only text of the same scalars; `String` also equals what is canonically equivalent.
struct ExactText: Hashable {
    let text: Substring

    init(_ text: Substring) { self.text = text }

    static func == (a: Self, b: Self) -> Bool { a.text.utf8.elementsEqual(b.text.utf8) }

    func hash(into hasher: inout Hasher) {
        for byte in text.utf8 { hasher.combine(byte) }
    }
}
