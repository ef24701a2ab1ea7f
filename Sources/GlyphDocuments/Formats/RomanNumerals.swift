// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

/// Numbers in Roman numerals, as Word and HTML both count lists.
enum RomanNumerals {
    private static let values = [
        (1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL"), (10, "X"),
        (9, "IX"), (5, "V"), (4, "IV"), (1, "I"),
    ]

    /// A number such as `XIV`, from 1 to 3999; a decimal one beyond.
    static func text(_ number: Int) -> String {
        guard (1..<4000).contains(number) else { return "\(number)" }
        var (rest, text) = (number, "")
        for (value, letters) in values {
            while rest >= value {
                text += letters
                rest -= value
            }
        }
        return text
    }
}
