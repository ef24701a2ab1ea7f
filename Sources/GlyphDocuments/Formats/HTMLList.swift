// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage

/// A list of a page and how its next item is marked.
struct HTMLList {
    /// How numbers are written: HTML's `type`, or nil where items have no numbers.
    private let style: String?
    /// Begins as a number of 32 bits and goes on by one an item, so that it cannot overflow.
    private var next: Int
    private let step: Int

    /// Reads the list that has just begun.
    init(_ element: String, _ reader: MarkupReader) {
        let isReversed = element == "ol" && reader.attribute("reversed") != nil
        style = element == "ol" ? reader.attribute("type") ?? "1" : nil
        step = isReversed ? -1 : 1
        next = Self.number(reader.attribute("start")) ?? (isReversed ? reader.childCount : 1)
    }

    /// The mark of the next item, with the space after it.
    ///
    /// - Parameter value: the number that the item itself gives.
    /// - Returns: a dash or a number.
    mutating func nextMark(value: String?) -> String {
        guard let style else { return "- " }
        let number = Self.number(value) ?? next
        next = number + step
        return Self.numeral(number, style) + ". "
    }

    private static func number(_ attribute: String?) -> Int? {
        attribute.flatMap { Int32($0.trimmed) }.map { Int($0) }
    }

    private static func numeral(_ number: Int, _ style: String) -> String {
        switch style {
        case "a": letters(number)
        case "A": letters(number).uppercased()
        case "i": RomanNumerals.text(number).lowercased()
        case "I": RomanNumerals.text(number)
        default: "\(number)"
        }
    }

    /// `a` to `z`, then `aa`, `ab`; Word would write `bb`.
    private static func letters(_ number: Int) -> String {
        guard number > 0 else { return "\(number)" }
        var letters = ""
        var rest = number
        while rest > 0 {
            rest -= 1
            letters = String(Character(UnicodeScalar(UInt8(97 + rest % 26)))) + letters
            rest /= 26
        }
        return letters
    }
}
