// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

/// Numbers as China, Japan and Korea write them without Western digits.
struct EastAsianNumerals {
    /// From zero to nine.
    private let digits: [Character]
    /// What stands behind tens, hundreds and thousands; nothing where digits are written one after the other.
    private let units: [Character]
    /// What stands behind ten thousands and hundred millions.
    private let groups: [Character]
    /// Whether zeros between digits are left out, and the one before a unit.
    private let isShort: Bool

    private init(_ digits: String, units: String = "", groups: String = "", isShort: Bool = false) {
        self.digits = Array(digits)
        self.units = Array(units)
        self.groups = Array(groups)
        self.isShort = isShort
    }

    private static let simplified = EastAsianNumerals("零一二三四五六七八九", units: "十百千", groups: "万亿")
    private static let traditional = EastAsianNumerals("零一二三四五六七八九", units: "十百千", groups: "萬億")

    private static let formats: [String: EastAsianNumerals] = [
        "chineseCounting": simplified,
        "chineseCountingThousand": simplified,
        "chineseLegalSimplified": EastAsianNumerals("零壹贰叁肆伍陆柒捌玖", units: "拾佰仟", groups: "万亿"),
        "taiwaneseCounting": traditional,
        "taiwaneseCountingThousand": traditional,
        "ideographLegalTraditional": EastAsianNumerals("零壹貳參肆伍陸柒捌玖", units: "拾佰仟", groups: "萬億"),
        "japaneseCounting": EastAsianNumerals("〇一二三四五六七八九", units: "十百千", groups: "万億", isShort: true),
        "koreanCounting": EastAsianNumerals("영일이삼사오육칠팔구", units: "십백천", groups: "만억", isShort: true),
        "ideographDigital": EastAsianNumerals("〇一二三四五六七八九"),
        "japaneseDigitalTenThousand": EastAsianNumerals("〇一二三四五六七八九"),
        "taiwaneseDigital": EastAsianNumerals("○一二三四五六七八九"),
        "koreanDigital": EastAsianNumerals("영일이삼사오육칠팔구"),
        "koreanDigital2": EastAsianNumerals("零一二三四五六七八九"),
        "decimalFullWidth": EastAsianNumerals("０１２３４５６７８９"),
    ]

    /// A number in a format of Word, or nil for other formats and for numbers that these do not write.
    static func text(_ number: Int, _ format: String) -> String? {
        guard let numerals = formats[format], (0...Int(Int32.max)).contains(number) else { return nil }
        return numerals.units.isEmpty || number == 0 ? numerals.digitByDigit(number) : numerals.counted(number)
    }

    private func digitByDigit(_ number: Int) -> String {
        String("\(number)".compactMap { $0.wholeNumberValue.map { digits[$0] } })
    }

    /// A number with its units, such as 一万零二十.
    private func counted(_ number: Int) -> String {
        var text = ""
        var hasGap = false
        for (power, index) in [(100_000_000, 1), (10_000, 0), (1, -1)] {
            let group = number / power % 10_000
            if !text.isEmpty, group < 1000 { hasGap = true }
            guard group > 0 else { continue }
            if hasGap, !isShort { text.append(digits[0]) }
            hasGap = false
            text += belowTenThousand(group)
            if index >= 0 { text.append(groups[index]) }
        }
        // Twelve is 十二; in the middle of a number and among forgery-proof digits the one stays.
        let isOneDropped = digits[1] == "一" && text.hasPrefix("一十")
        return isOneDropped ? String(text.dropFirst()) : text
    }

    private func belowTenThousand(_ number: Int) -> String {
        var text = ""
        var hasGap = false
        for (power, index) in [(1000, 2), (100, 1), (10, 0), (1, -1)] {
            let digit = number / power % 10
            guard digit > 0 else {
                hasGap = !text.isEmpty
                continue
            }
            if hasGap, !isShort { text.append(digits[0]) }
            hasGap = false
            if !(isShort && digit == 1 && index >= 0) { text.append(digits[digit]) }
            if index >= 0 { text.append(units[index]) }
        }
        return text
    }
}
