// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

/// Strings as Python sees them: sequences of code points, with Python's ideas of space, digit and letter.
///
/// The published metrics are written in Python, and `String` differs where it matters: `"\r\n"` is one `Character`,
/// canonically equivalent spellings are equal, U+001C is no white space. Words are arrays of code points.
enum PythonText {
    typealias Word = [UInt32]

    /// The code points of a text.
    static func codePoints(_ text: String) -> Word { text.unicodeScalars.map(\.value) }

    /// What `str.isspace` calls a space: Unicode's white space and the four ASCII separators.
    static func isSpace(_ value: UInt32) -> Bool {
        if value < 0x80 { return value == 0x20 || (0x09...0x0D).contains(value) || (0x1C...0x1F).contains(value) }
        return Unicode.Scalar(value)?.properties.isWhitespace ?? false
    }

    /// What `\d` matches: category Nd.
    static func isDigit(_ value: UInt32) -> Bool {
        if value < 0x80 { return (0x30...0x39).contains(value) }
        return Unicode.Scalar(value)?.properties.generalCategory == .decimalNumber
    }

    /// What `\w` matches: letters, what has a numeric value, and the underscore; marks are none.
    static func isWord(_ value: UInt32) -> Bool {
        guard let properties = Unicode.Scalar(value)?.properties else { return false }
        switch properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: return true
        default: return properties.numericType != nil || value == 0x5F
        }
    }

    /// `string.punctuation`.
    static func isASCIIPunctuation(_ value: UInt32) -> Bool {
        switch value {
        case 0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E: true
        default: false
        }
    }

    /// `text.split()`: what stands between white space.
    static func split(_ text: some Sequence<UInt32>) -> [Word] {
        var words: [Word] = []
        var word: Word = []
        for value in text {
            if !isSpace(value) {
                word.append(value)
            } else if !word.isEmpty {
                words.append(word)
                word = []
            }
        }
        return word.isEmpty ? words : words + [word]
    }

    /// `text.strip()`.
    static func stripped(_ text: String) -> String {
        let scalars = text.unicodeScalars
        guard let first = scalars.firstIndex(where: { !isSpace($0.value) }),
            let last = scalars.lastIndex(where: { !isSpace($0.value) })
        else { return "" }
        return String(scalars[first...last])
    }

    /// `re.findall(r"\d+", text)`.
    static func digitRuns(_ text: Word) -> [Word] {
        text.split { !isDigit($0) }.map(Array.init)
    }

    /// `text.lower()`: full mappings, and a capital sigma at the end of a word becomes the final one.
    static func lower(_ text: Word) -> Word {
        var result: Word = []
        result.reserveCapacity(text.count)
        for (index, value) in text.enumerated() {
            if value < 0x80 {
                result.append((0x41...0x5A).contains(value) ? value + 0x20 : value)
            } else if value == 0x3A3 {
                result.append(isFinalSigma(text, index) ? 0x3C2 : 0x3C3)
            } else if let scalar = Unicode.Scalar(value) {
                result.append(contentsOf: scalar.properties.lowercaseMapping.unicodeScalars.map(\.value))
            }
        }
        return result
    }

    /// Unicode's condition Final_Sigma: a cased letter before, none after, whatever is case-ignorable set aside.
    private static func isFinalSigma(_ text: Word, _ index: Int) -> Bool {
        func isCased(_ values: some Sequence<UInt32>) -> Bool {
            for value in values {
                guard let properties = Unicode.Scalar(value)?.properties else { return false }
                if !properties.isCaseIgnorable { return properties.isCased }
            }
            return false
        }
        return isCased(text[..<index].reversed()) && !isCased(text[(index + 1)...])
    }

    /// Whether `part` occurs in `text`; nothing occurs everywhere.
    static func contains(_ text: Word, _ part: Word) -> Bool {
        guard let head = part.first else { return true }
        guard part.count <= text.count else { return false }
        return text.withUnsafeBufferPointer { text in
            part.withUnsafeBufferPointer { part in
                var start = 0
                while start + part.count <= text.count {
                    if text[start] == head {
                        var length = 1
                        while length < part.count, text[start + length] == part[length] { length += 1 }
                        if length == part.count { return true }
                    }
                    start += 1
                }
                return false
            }
        }
    }
}
