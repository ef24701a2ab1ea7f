// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage

/// Raised and lowered text: without a sign of it `10⁶` would read as 106.
enum RaisedText {
    /// A piece of text that is raised or lowered.
    struct Piece {
        var isSuperscript: Bool
        var text = ""

        /// The text in Unicode's raised or lowered characters, where it has them.
        var shown: String { isSuperscript ? RaisedText.superscript(text) : RaisedText.subscript(text) }
    }

    private static let plain = Array("0123456789+-−=()")
    private static let superscripts = Dictionary(uniqueKeysWithValues: zip(plain, "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾"))
    private static let subscripts = Dictionary(uniqueKeysWithValues: zip(plain, "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎"))

    /// Numbers and signs as superscripts, between the white space around them; text with other characters as it is.
    static func superscript(_ text: String) -> String { moved(text, superscripts) }

    /// Numbers and signs as subscripts, between the white space around them; text with other characters as it is.
    static func `subscript`(_ text: String) -> String { moved(text, subscripts) }

    private static func moved(_ text: String, _ characters: [Character: Character]) -> String {
        let core = text.trimmed
        let moved = core.compactMap { characters[$0] }
        guard !core.isEmpty, moved.count == core.count else { return text }
        return text.replacing(core, with: String(moved), maxReplacements: 1)
    }
}
