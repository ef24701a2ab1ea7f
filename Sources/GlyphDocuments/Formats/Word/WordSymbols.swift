// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

/// Characters of fonts that draw something else at each code than Unicode means by it.
enum WordSymbols {
    /// The character of a `sym` element by its number in hexadecimal, or nil where the font's is not known.
    ///
    /// The numbers of such fonts begin at F000.
    static func text(_ code: String, font: String) -> String? {
        guard let value = UInt32(code, radix: 16), let scalar = Unicode.Scalar(value) else { return nil }
        let isOfFont = (0xF000...0xF0FF).contains(value)
        let place = isOfFont ? value - 0xF000 : value
        if place <= 0xFF, let characters = fonts[font.lowercased()] {
            return characters[place].map { String($0) } ?? (font.lowercased() == "symbol" ? ascii(place) : nil)
        }
        // Controls and places for private use mean nothing in a text.
        guard !(0xE000...0xF8FF).contains(value), value >= 0x20 else { return nil }
        return String(Character(scalar))
    }

    /// Symbol's digits and signs, which are where ASCII has them.
    private static func ascii(_ place: UInt32) -> String? {
        let isLetter = (0x41...0x5A).contains(place) || (0x61...0x7A).contains(place)
        guard (0x20..<0x7F).contains(place), !isLetter, let scalar = Unicode.Scalar(place) else { return nil }
        return String(Character(scalar))
    }

    private static let fonts: [String: [UInt32: Character]] = [
        "symbol": symbol, "wingdings": wingdings, "wingdings 2": wingdings2, "webdings": webdings,
    ]

    private static let symbol: [UInt32: Character] = {
        var characters: [UInt32: Character] = [
            0x22: "∀", 0x24: "∃", 0x27: "∋", 0x2A: "∗", 0x2D: "−", 0x40: "≅", 0x5C: "∴", 0x5E: "⊥", 0x7E: "∼",
            0xA2: "′", 0xA3: "≤", 0xA4: "⁄", 0xA5: "∞", 0xA6: "ƒ", 0xA7: "♣", 0xA8: "♦", 0xA9: "♥", 0xAA: "♠",
            0xAB: "↔", 0xAC: "←", 0xAD: "↑", 0xAE: "→", 0xAF: "↓", 0xB0: "°", 0xB1: "±", 0xB2: "″", 0xB3: "≥",
            0xB4: "×", 0xB5: "∝", 0xB6: "∂", 0xB7: "•", 0xB8: "÷", 0xB9: "≠", 0xBA: "≡", 0xBB: "≈", 0xBC: "…",
            0xC0: "ℵ", 0xC4: "⊗", 0xC5: "⊕", 0xC6: "∅", 0xC7: "∩", 0xC8: "∪", 0xC9: "⊃", 0xCA: "⊇", 0xCB: "⊄",
            0xCC: "⊂", 0xCD: "⊆", 0xCE: "∈", 0xCF: "∉", 0xD0: "∠", 0xD1: "∇", 0xD2: "®", 0xD3: "©", 0xD4: "™",
            0xD5: "∏", 0xD6: "√", 0xD7: "⋅", 0xD8: "¬", 0xD9: "∧", 0xDA: "∨", 0xDB: "⇔", 0xDC: "⇐", 0xDD: "⇑",
            0xDE: "⇒", 0xDF: "⇓", 0xE2: "®", 0xE3: "©", 0xE4: "™", 0xE5: "∑", 0xF2: "∫",
        ]
        let greek = Array("ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖαβχδεφγηιϕκλμνοπθρστυϖωξψζ")
        for (place, letter) in zip(Array(0x41...0x5A) + Array(0x61...0x7A), greek) {
            characters[UInt32(place)] = letter
        }
        return characters
    }()

    private static let wingdings: [UInt32: Character] = [
        0x20: " ", 0x22: "✂", 0x28: "☎", 0x2A: "✉", 0x36: "⌛", 0x45: "☜", 0x46: "☞", 0x47: "☝", 0x48: "☟", 0x4A: "☺",
        0x4C: "☹", 0x6C: "●", 0x6D: "❍", 0x6E: "■", 0x6F: "□", 0x71: "❑", 0x72: "❒", 0x74: "⧫", 0x75: "◆", 0x76: "❖",
        0x80: "⓪", 0x81: "①", 0x82: "②", 0x83: "③", 0x84: "④", 0x85: "⑤", 0x86: "⑥", 0x87: "⑦", 0x88: "⑧", 0x89: "⑨",
        0x8A: "⑩", 0x8C: "❶", 0x8D: "❷", 0x8E: "❸", 0x8F: "❹", 0x90: "❺", 0x91: "❻", 0x92: "❼", 0x93: "❽", 0x94: "❾",
        0x95: "❿", 0x9E: "·", 0x9F: "•", 0xA1: "○", 0xA7: "▪", 0xA8: "◻", 0xAB: "★", 0xD8: "➢", 0xDF: "←", 0xE0: "→",
        0xE1: "↑", 0xE2: "↓", 0xE8: "➔", 0xEF: "⇦", 0xF0: "⇨", 0xF1: "⇧", 0xF2: "⇩", 0xFB: "✗", 0xFC: "✓", 0xFD: "☒",
        0xFE: "☑",
    ]

    private static let wingdings2: [UInt32: Character] = [
        0x20: " ", 0x4F: "✗", 0x50: "✓", 0x51: "☒", 0x52: "☑", 0x53: "☒", 0x54: "☒", 0x97: "●", 0xA2: "■", 0xA3: "□",
    ]

    private static let webdings: [UInt32: Character] = [
        0x20: " ", 0x61: "✓", 0x63: "□", 0x67: "■", 0x6E: "●", 0x72: "✗",
    ]
}
