// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

/// A run of letters that are set alike, or a part of one that is read apart.
struct WordRun {
    var text = ""
    private var style: String?
    private var letters = WordStyles.Letters()

    /// Takes over a property, if it changes what the text says.
    mutating func set(_ property: String, _ reader: WordReader) {
        if property == "rStyle" { style = reader.attribute("val") } else { letters.set(property, reader) }
    }

    /// Whether nobody sees the text.
    func isHidden(_ styles: WordStyles, paragraph: String?) -> Bool {
        letters.isHidden ?? styles.isHidden(style) ?? styles.isHidden(paragraph) ?? false
    }

    /// The text as it is seen: nothing where it is hidden, and raised digits raised, for `10⁶` is not `106`.
    func visibleText(_ styles: WordStyles, paragraph: String?) -> String {
        guard !isHidden(styles, paragraph: paragraph) else { return "" }
        let position = letters.position ?? styles.letterPosition(style) ?? styles.letterPosition(paragraph)
        switch position {
        case "superscript": return RaisedText.superscript(text)
        case "subscript": return RaisedText.subscript(text)
        default: return text
        }
    }
}
