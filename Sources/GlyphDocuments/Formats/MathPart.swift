// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage

/// A part of a formula as text, and whether it must not run into letters and numbers beside it: `sin x`, not `sinx`.
struct MathPart {
    var text: String
    /// Whether it begins with a name of several letters, or with what could belong to a number before it.
    var isApartBefore = false
    /// Whether it ends with a name of several letters, or with what reaches as far as letters and numbers go.
    var isApartAfter = false
}

extension MathPart {
    /// Signs that only say how a formula is read: that a function applies, a product, a list, a sum.
    private static let invisible: Set<Character> = ["\u{2061}", "\u{2062}", "\u{2063}", "\u{2064}"]

    /// A number, a name, a sign or words.
    init(token: String) {
        text = token.filter { !Self.invisible.contains($0) }
        isApartBefore = text.count > 1 && text.prefix(2).allSatisfy(\.isLetter)
        isApartAfter = text.count > 1 && text.suffix(2).allSatisfy(\.isLetter)
    }

    /// Parts one beside the other.
    static func row(_ parts: [MathPart]) -> MathPart {
        let parts = parts.filter { !$0.text.isEmpty }
        guard var row = parts.first else { return MathPart(text: "") }
        for part in parts.dropFirst() {
            if row.needsSpace(before: part) { row.text += " " }
            row.text += part.text
            row.isApartAfter = part.isApartAfter
        }
        return row
    }

    /// Cells or rows of a table.
    static func list(_ parts: [MathPart], separator: String) -> MathPart {
        let text = parts.map(\.text.trimmed).joined(separator: separator)
        return MathPart(text: text, isApartBefore: true, isApartAfter: true)
    }

    static func fraction(_ above: MathPart, _ below: MathPart) -> MathPart {
        MathPart(text: above.grouped + "/" + below.grouped, isApartBefore: true, isApartAfter: true)
    }

    static func root(_ inner: MathPart, degree: MathPart = MathPart(text: "")) -> MathPart {
        let sign = RaisedText.superscript(degree.text.trimmed) + "√"
        return MathPart(text: sign + inner.grouped, isApartBefore: true, isApartAfter: true)
    }

    func with(raised part: MathPart) -> MathPart { with(part, RaisedText.superscript, else: "^") }

    func with(lowered part: MathPart) -> MathPart { with(part, RaisedText.subscript, else: "_") }

    /// The part with a script: in Unicode's characters where it has them, else after a sign.
    private func with(_ script: MathPart, _ moved: (String) -> String, else sign: String) -> MathPart {
        let plain = script.text.trimmed
        guard !plain.isEmpty else { return self }
        var whole = self
        let moved = moved(plain)
        whole.text += moved == plain ? sign + script.grouped : moved
        if moved == plain { whole.isApartAfter = true }
        return whole
    }

    /// The text in brackets, unless it is one number or word.
    private var grouped: String {
        let text = text.trimmed
        return text.allSatisfy { $0.isLetter || $0.isNumber || $0 == "." } ? text : "(\(text))"
    }

    private func needsSpace(before next: MathPart) -> Bool {
        guard isApartAfter || next.isApartBefore, let last = text.last, let first = next.text.first,
            Self.isPartOfName(first)
        else { return false }
        return Self.isPartOfName(last) || isApartAfter && last == ")"
    }

    private static func isPartOfName(_ character: Character) -> Bool { character.isLetter || character.isNumber }
}
