// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage

/// The text of one paragraph as it comes in pieces: white space collapses, as browsers do it.
struct InlineText {
    private var text = ""
    private var needsSpace = false
    /// Where in the text the label that is open begins, in bytes.
    private var label: Int?
    /// Whether white space stays as it is, as in preformatted text.
    var keepsSpace = false

    /// Adds a piece.
    mutating func add(_ piece: String) {
        if keepsSpace {
            text += text.isEmpty && piece.hasPrefix("\n") ? piece.dropFirst() : piece[...]
            return
        }
        for scalar in piece.unicodeScalars {
            switch scalar {
            case " ", "\t", "\n", "\r", "\u{0C}": space()
            case "\u{AD}", "\u{200B}": break  // places where a word may break
            default:
                if needsSpace, !text.isEmpty, text.unicodeScalars.last != "\n" { text += " " }
                needsSpace = false
                text.unicodeScalars.append(scalar == "\u{A0}" ? " " : scalar)
            }
        }
    }

    /// Leaves at least one space before what follows.
    mutating func space() { needsSpace = true }

    /// Starts a new line.
    mutating func breakLine() {
        text += "\n"
        needsSpace = false
    }

    /// Starts a label, such as a button's, apart from what stands before it.
    mutating func startLabel() {
        space()
        label = text.utf8.count
    }

    /// Ends the label that is open, unless the paragraph has ended since, and removes it if it is one of some texts.
    ///
    /// - Parameter unwanted: texts in lower case.
    mutating func endLabel(removing unwanted: Set<String>) {
        space()
        guard let label else { return }
        self.label = nil
        let start = text.utf8.index(text.startIndex, offsetBy: label)
        if unwanted.contains(String(text[start...]).trimmed.lowercased()) { text.removeSubrange(start...) }
    }

    /// The paragraph, which starts over.
    mutating func take() -> String {
        defer { (text, needsSpace, label) = ("", false, nil) }
        var rest = Substring(text)
        while let last = rest.last, last.isWhitespace { rest.removeLast() }
        return String(keepsSpace ? rest : rest.drop { $0.isWhitespace })
    }
}
