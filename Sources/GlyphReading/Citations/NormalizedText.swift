// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

/// A text in which only what a reader must copy is left, with where each character stood.
///
/// Spaces and line ends of any number are one space, and none between Chinese characters; a hyphen inside of a word is
/// left out, with the line end behind it; typographic quotes and dashes become plain ones, ligatures letters, and the
/// marks of emphasis vanish. Readers change exactly these when they copy, and pages show words broken over lines.
struct NormalizedText {
    /// The code points left.
    private(set) var scalars: [UInt32] = []
    /// The byte at which each of them starts, and where it ends.
    private(set) var starts: [Int] = []
    private(set) var ends: [Int] = []
    private let foldsCase: Bool

    /// - Parameters:
    ///   - bytes: UTF-8; offsets are its indices.
    ///   - foldsCase: whether capitals become small letters.
    init(_ bytes: ArraySlice<UInt8>, foldsCase: Bool = false) {
        self.foldsCase = foldsCase
        var offset = bytes.startIndex
        var gap = Gap()
        for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars {
            let start = offset
            offset += UTF8.width(scalar)
            if Self.isNothing(scalar) { continue }
            if scalar.properties.isWhitespace {
                gap.isOpen = true
            } else if Self.isHyphen(scalar), isLetter(scalars.last), !gap.isOpen, gap.hyphen == nil {
                gap.hyphen = (start, offset)
            } else {
                close(&gap, before: scalar)
                for plain in Self.plain(scalar) { append(plain, start, offset) }
            }
        }
        if let hyphen = gap.hyphen { append("-", hyphen.start, hyphen.end) }
    }

    init(_ text: String, foldsCase: Bool = false) { self.init(Array(text.utf8)[...], foldsCase: foldsCase) }

    /// White space and a hyphen that were met and may turn out to be nothing.
    private struct Gap {
        var isOpen = false
        var hyphen: (start: Int, end: Int)?
    }

    private mutating func close(_ gap: inout Gap, before scalar: Unicode.Scalar) {
        defer { gap = Gap() }
        if let hyphen = gap.hyphen {
            if isLetter(scalar.value) { return }
            append("-", hyphen.start, hyphen.end)
        }
        guard gap.isOpen, let last = scalars.last, let end = ends.last else { return }
        if !Self.isSpaceless(last), !Self.isSpaceless(scalar.value) { append(" ", end, end + 1) }
    }

    private mutating func append(_ scalar: Unicode.Scalar, _ start: Int, _ end: Int) {
        let folded = foldsCase ? scalar.properties.lowercaseMapping.unicodeScalars.first ?? scalar : scalar
        scalars.append(folded.value)
        starts.append(start)
        ends.append(end)
    }

    /// Where a match may begin and end.
    enum Edges {
        /// Also inside of a word or a number.
        case anywhere
        /// Not inside of a number.
        case wholeNumbers
        /// Not inside of a word or a number.
        case wholeWords
    }

    /// Where `other` occurs first at or behind `from`, as indices of `scalars`.
    func range(of other: [UInt32], from: Int = 0, edges: Edges = .anywhere) -> Range<Int>? {
        var from = from
        while from <= scalars.count, let found = scalars[from...].firstRange(of: other) {
            switch edges {
            case .anywhere: return found
            case .wholeNumbers: if !scalars.cutsNumber(found) { return found }
            case .wholeWords: if !cutsWord(found), !scalars.cutsNumber(found) { return found }
            }
            from = found.lowerBound + 1
        }
        return nil
    }

    private func cutsWord(_ range: Range<Int>) -> Bool {
        cutsWord(at: range.lowerBound) || cutsWord(at: range.upperBound)
    }

    private func cutsWord(at index: Int) -> Bool {
        scalars.indices.contains(index - 1) && scalars.indices.contains(index)
            && isWordPart(scalars[index - 1]) && isWordPart(scalars[index])
    }

    /// A range with the words and numbers that it begins or ends inside of.
    func wholeWords(around range: Range<Int>) -> Range<Int> {
        var (start, end) = (range.lowerBound, range.upperBound)
        func cuts(_ index: Int) -> Bool { cutsWord(at: index) || scalars.splitsNumber(at: index) }
        while cuts(start) { start -= 1 }
        while cuts(end) { end += 1 }
        return start..<end
    }

    /// How much of the text identifies a place: letters and digits, an ideograph counting as two.
    var weight: Int {
        scalars.reduce(0) { sum, value in
            guard let scalar = Unicode.Scalar(value) else { return sum }
            if scalar.isIdeographic { return sum + 2 }
            return sum + (scalar.properties.isAlphabetic || scalar.properties.numericType != nil ? 1 : 0)
        }
    }

    private func isLetter(_ value: UInt32?) -> Bool {
        value.flatMap(Unicode.Scalar.init)?.properties.isAlphabetic ?? false
    }

    /// Whether a neighbour would continue a word; scripts without spaces have no such words.
    private func isWordPart(_ value: UInt32?) -> Bool {
        guard let scalar = value.flatMap(Unicode.Scalar.init), !scalar.isIdeographic else { return false }
        return scalar.properties.isAlphabetic || scalar.properties.numericType != nil
    }

    private static func isSpaceless(_ value: UInt32) -> Bool {
        (0x3000...0x303F).contains(value) || (0xFF00...0xFFEF).contains(value)
            || Unicode.Scalar(value)?.isIdeographic == true
    }

    private static func isHyphen(_ scalar: Unicode.Scalar) -> Bool {
        "-\u{2010}\u{2011}".unicodeScalars.contains(scalar)
    }

    /// Characters without a width, and the marks of emphasis.
    private static func isNothing(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "\u{AD}", "\u{200B}"..."\u{200D}", "\u{FEFF}", "*", "_", "`": true
        default: false
        }
    }

    private static func plain(_ scalar: Unicode.Scalar) -> String.UnicodeScalarView {
        switch scalar {
        case "\u{2018}"..."\u{201B}", "\u{2032}": "'".unicodeScalars
        case "\u{201C}"..."\u{201F}", "\u{2033}", "«", "»": "\"".unicodeScalars
        case "\u{2012}"..."\u{2015}", "\u{2212}": "-".unicodeScalars
        case "…": "...".unicodeScalars
        case "\u{FB00}": "ff".unicodeScalars
        case "\u{FB01}": "fi".unicodeScalars
        case "\u{FB02}": "fl".unicodeScalars
        case "\u{FB03}": "ffi".unicodeScalars
        case "\u{FB04}": "ffl".unicodeScalars
        default: String(scalar).unicodeScalars
        }
    }
}
