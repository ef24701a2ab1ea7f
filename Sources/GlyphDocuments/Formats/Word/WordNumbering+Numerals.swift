// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

extension WordNumbering {
    /// A number as a list shows it; a decimal one where the format has no other for it or is not known.
    static func numeral(_ number: Int, _ format: String) -> String {
        switch format {
        case "lowerLetter", "upperLetter":
            guard (1...780).contains(number) else { return "\(number)" }
            // After z come aa, bb, cc.
            let letter = String(UnicodeScalar(UInt8(97 + (number - 1) % 26)))
            let letters = String(repeating: letter, count: (number - 1) / 26 + 1)
            return format == "upperLetter" ? letters.uppercased() : letters
        case "lowerRoman": return RomanNumerals.text(number).lowercased()
        case "upperRoman": return RomanNumerals.text(number)
        case "decimalZero": return (0..<10).contains(number) ? "0\(number)" : "\(number)"
        case "numberInDash": return "- \(number) -"
        case "ordinal": return EnglishNumerals.ordinal(number)
        case "cardinalText": return EnglishNumerals.cardinalText(number) ?? "\(number)"
        case "ordinalText": return EnglishNumerals.ordinalText(number) ?? "\(number)"
        default: return symbol(number, format) ?? EastAsianNumerals.text(number, format) ?? "\(number)"
        }
    }

    /// A number of a format that has a character for each of the first numbers.
    private static func symbol(_ number: Int, _ format: String) -> String? {
        guard let known = symbols[format], (1...known.count).contains(number) else { return nil }
        return String(known[number - 1])
    }

    private static let symbols: [String: [Character]] = [
        "decimalEnclosedCircle": Array("①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"),
        "decimalEnclosedCircleChinese": Array("①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"),
        "decimalEnclosedParen": Array("⑴⑵⑶⑷⑸⑹⑺⑻⑼⑽⑾⑿⒀⒁⒂⒃⒄⒅⒆⒇"),
        "decimalEnclosedFullstop": Array("⒈⒉⒊⒋⒌⒍⒎⒏⒐⒑⒒⒓⒔⒕⒖⒗⒘⒙⒚⒛"),
        "ideographEnclosedCircle": Array("㊀㊁㊂㊃㊄㊅㊆㊇㊈㊉"),
        "ideographTraditional": Array("甲乙丙丁戊己庚辛壬癸"),
        "ideographZodiac": Array("子丑寅卯辰巳午未申酉戌亥"),
        "ganada": Array("가나다라마바사아자차카타파하"),
        "aiueoFullWidth": Array("アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワヲン"),
        "irohaFullWidth": Array("イロハニホヘトチリヌルヲワカヨタレソツネナラムウヰノオクヤマケフコエテアサキユメミシヱヒモセス"),
        "russianLower": Array("абвгдежзиклмнопрстуфхцчшщыэюя"),
        "russianUpper": Array("АБВГДЕЖЗИКЛМНОПРСТУФХЦЧШЩЫЭЮЯ"),
    ]
}
