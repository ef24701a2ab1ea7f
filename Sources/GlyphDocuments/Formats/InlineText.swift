// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

/// The text of one paragraph as it comes in pieces: white space collapses, as browsers do it.
struct InlineText {
    private var text = ""
    private var needsSpace = false
    /// Whether white space stays as it is, as in preformatted text.
    var keepsSpace = false

    /// Whether there is nothing but white space yet.
    var isEmpty: Bool { text.isEmpty }

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

    /// The paragraph, which starts over.
    mutating func take() -> String {
        defer { (text, needsSpace) = ("", false) }
        var rest = Substring(text)
        while let last = rest.last, last.isWhitespace { rest.removeLast() }
        return String(keepsSpace ? rest : rest.drop { $0.isWhitespace })
    }
}
