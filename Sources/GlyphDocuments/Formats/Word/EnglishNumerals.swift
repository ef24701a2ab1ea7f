// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

/// Numbers as English writes them.
enum EnglishNumerals {
    private static let small = [
        "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen",
        "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
    ]
    private static let tens = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
    private static let irregular = [
        "one": "first", "two": "second", "three": "third", "five": "fifth", "eight": "eighth", "nine": "ninth",
        "twelve": "twelfth",
    ]

    /// A number such as `2nd`.
    static func ordinal(_ number: Int) -> String {
        let last = number % 100
        guard number > 0, !(11...13).contains(last) else { return "\(number)th" }
        switch last % 10 {
        case 1: return "\(number)st"
        case 2: return "\(number)nd"
        case 3: return "\(number)rd"
        default: return "\(number)th"
        }
    }

    /// A number such as `Twenty-one`, from 1 to 99.
    static func cardinalText(_ number: Int) -> String? {
        parts(of: number).map { capitalized($0.joined(separator: "-")) }
    }

    /// A number such as `Twenty-first`, from 1 to 99.
    static func ordinalText(_ number: Int) -> String? {
        guard var words = parts(of: number), let last = words.popLast() else { return nil }
        let regular = last.hasSuffix("y") ? "\(last.dropLast())ieth" : "\(last)th"
        words.append(irregular[last] ?? regular)
        return capitalized(words.joined(separator: "-"))
    }

    private static func parts(of number: Int) -> [String]? {
        guard (1...99).contains(number) else { return nil }
        if number < 20 { return [small[number - 1]] }
        let ten = tens[number / 10 - 2]
        return number % 10 == 0 ? [ten] : [ten, small[number % 10 - 1]]
    }

    private static func capitalized(_ text: String) -> String { text.prefix(1).uppercased() + text.dropFirst() }
}
