// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphTasks

/// How a small reader answers: with what was asked for, and then as the text goes on after it, to the end of the clause.
///
/// Asked for "the notice period" it says "notice period is 90 days". Every byte of such an answer follows from the bytes
/// before it, first from the question and then from the text; a value alone would have to be found at once.
enum QuotedAnswer {
    /// What follows a key is mostly practised up to here, scalars: going on is easy, and finding the place is not.
    static let practised = 24
    /// Up to here where the ends of clauses are practised too, and long numbers.
    static let longest = 240

    /// The answer about something that the text names, in any case of letters, and whether its clause ends there.
    ///
    /// Of several places the one that states something is meant ("the fee is", "Fee:"), or the first of two if none does;
    /// nil if several do, if the text does not name it as words of their own, or says nothing after it.
    static func about(
        _ key: String,
        in text: [Unicode.Scalar],
        upTo length: Int = practised
    ) -> (answer: String, isWhole: Bool)? {
        let places = places(of: key, in: text)
        let stated = places.filter { isStatement(text[$0...]) }
        guard stated.count == 1 || stated.isEmpty && places.count <= 2, let place = stated.first ?? places.first else {
            return nil
        }
        return quotation(key, text[place...], upTo: length)
    }

    /// What the text says about each of several keys, or that it does not name it, in their order; of each everything
    /// that it says, if that is what is wanted.
    ///
    /// - Returns: Nothing where one of them has no answer of its own.
    static func about(each keys: [String], in text: [Unicode.Scalar], everyPlace: Bool) -> String? {
        var parts: [String] = []
        for key in keys {
            guard names(text, key) else {
                parts.append(absent(key))
                continue
            }
            let quotations =
                everyPlace
                ? places(of: key, in: text).map { quotation(key, text[$0...], upTo: longest) }
                : [about(key, in: text, upTo: longest)]
            for quotation in quotations {
                guard let quotation, quotation.isWhole else { return nil }
                parts.append(quotation.answer)
            }
        }
        return parts.isEmpty ? nil : parts.joined(separator: "; ")
    }

    private static func quotation(
        _ key: String,
        _ rest: ArraySlice<Unicode.Scalar>,
        upTo length: Int
    ) -> (answer: String, isWhole: Bool)? {
        let whole = clauseLength(rest)
        let clause = Array(rest.prefix(min(whole, length)))
        guard clause.contains(where: \.properties.isAlphabeticOrDigit) else { return nil }
        return (key + String(String.UnicodeScalarView(clause)), whole <= length)
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

    /// Whether what follows a name gives its value.
    private static func isStatement(_ rest: ArraySlice<Unicode.Scalar>) -> Bool {
        let next = String(String.UnicodeScalarView(rest.prefix(10)))
        return [":", " = ", " is ", " are ", " was ", " were ", " shall be ", " will be "].contains(
            where: next.hasPrefix
        )
    }

    /// Where something ends that stands as words of its own.
    private static func places(of key: String, in text: [Unicode.Scalar]) -> [Int] {
        let (sought, text) = (key.unicodeScalars.map(\.lowercased), text.map(\.lowercased))
        guard !sought.isEmpty, sought.count <= text.count else { return [] }
        return (0...text.count - sought.count).compactMap { start in
            let end = start + sought.count
            let stands =
                text[start] == sought[0] && text[start..<end].elementsEqual(sought)
                && !(start > 0 && text[start - 1].properties.isAlphabeticOrDigit)
                && !(end < text.count && text[end].properties.isAlphabeticOrDigit)
            return stands ? end : nil
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
