// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphTasks

/// How a small reader answers: with what was asked for, and then as the text goes on after it, to the end of the clause.
///
/// Asked for "the notice period" it says "notice period is 90 days". Every byte of such an answer follows from the bytes
/// before it, first from the question and then from the text; a value alone would have to be found at once.
enum QuotedAnswer {
    /// What follows a key is practised up to here, scalars: going on is easy, and finding the place is not.
    static let longest = 24

    /// The answer about something that the text names exactly once, in any case of letters, and whether its clause ends
    /// there; nil if the text does not name it so, or says nothing after it.
    static func about(_ key: String, in text: [Unicode.Scalar]) -> (answer: String, isWhole: Bool)? {
        let sought = key.unicodeScalars.map(\.lowercased)
        let places = occurrences(of: sought, in: text.map(\.lowercased))
        guard places.count == 1 else { return nil }
        let rest = text[(places[0] + sought.count)...]
        let length = clauseLength(rest)
        let clause = Array(rest.prefix(min(length, longest)))
        guard clause.contains(where: \.properties.isAlphabeticOrDigit) else { return nil }
        return (key + String(String.UnicodeScalarView(clause)), length <= longest)
    }

    /// The answer about something that the text does not name.
    static func absent(_ key: String) -> String { "\(key): \(NeedleTask.absentAnswer)" }

    /// Whether an answer is ``absent(_:)`` of anything.
    static func isAbsent(_ answer: some Collection<UInt8>) -> Bool {
        answer.suffix(NeedleTask.absentAnswer.utf8.count).elementsEqual(NeedleTask.absentAnswer.utf8)
    }

    /// Whether a text names something, as a part of a word or across the end of a line or not.
    static func names(_ text: [Unicode.Scalar], _ key: String) -> Bool {
        let words = text.split(whereSeparator: \.isSpace).joined(separator: [" "])
        return String(String.UnicodeScalarView(words)).lowercased().contains(key.lowercased())
    }

    /// Up to the end of the line, or to punctuation that a space follows.
    private static func clauseLength(_ rest: ArraySlice<Unicode.Scalar>) -> Int {
        var index = rest.startIndex
        while index < rest.endIndex {
            if rest[index] == "\n" { break }
            if ".,;?!".unicodeScalars.contains(rest[index]) {
                let after = rest[(index + 1)...].drop { "\"')]".unicodeScalars.contains($0) }
                if after.first?.isSpace ?? true { break }
            }
            index += 1
        }
        return index - rest.startIndex
    }

    /// Where something stands as words of its own.
    private static func occurrences(of sought: [Unicode.Scalar], in text: [Unicode.Scalar]) -> [Int] {
        guard !sought.isEmpty, sought.count <= text.count else { return [] }
        return (0...text.count - sought.count).filter { start in
            let end = start + sought.count
            return text[start] == sought[0] && text[start..<end].elementsEqual(sought)
                && !(start > 0 && text[start - 1].properties.isAlphabeticOrDigit)
                && !(end < text.count && text[end].properties.isAlphabeticOrDigit)
        }
    }
}

extension Unicode.Scalar {
    fileprivate var lowercased: Unicode.Scalar {
        let lower = properties.lowercaseMapping.unicodeScalars
        return lower.count == 1 ? lower[lower.startIndex] : self
    }
}

extension Unicode.Scalar.Properties {
    fileprivate var isAlphabeticOrDigit: Bool { isAlphabetic || numericType != nil }
}
