// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage

/// Cuts pieces at a regular expression that is not one of the known word patterns.
///
/// Swift's regex engine is tens of times slower than ``WordScanner`` but knows the same syntax and Unicode classes.
/// It needs well-formed text, so each malformed byte is cut out as a piece of its own.
struct PatternSplitter {
    private let regex: Regex<AnyRegexOutput>
    private let keepsMatches: Bool
    private let keepsRest: Bool

    init(_ pattern: String, _ behavior: PreTokenizerStage.Behavior, inverted: Bool) throws {
        // Oniguruma's anchors, for which the patterns are written, match at every line.
        regex = try Regex(Self.translated(pattern)).matchingSemantics(.unicodeScalar).anchorsMatchLineEndings()
        keepsMatches = behavior == .isolated || inverted
        keepsRest = behavior == .isolated || !inverted
    }

    /// Oniguruma's digits are the decimal ones; Swift's are fractions and others, too.
    private static func translated(_ pattern: String) -> String {
        var result = ""
        var isEscaped = false
        for character in pattern {
            switch (isEscaped, character) {
            case (true, "d"): result += "p{Nd}"
            case (true, "D"): result += "P{Nd}"
            default: result.append(character)
            }
            isEscaped = character == "\\" && !isEscaped
        }
        return result
    }

    /// The pieces of `bytes` as ranges, in order.
    func pieces(_ bytes: UnsafeBufferPointer<UInt8>) -> [Range<Int>] {
        var result: [Range<Int>] = []
        var start = 0
        while start < bytes.count {
            let end = wellFormedEnd(bytes, from: start)
            if end > start {
                split(String(decoding: bytes[start..<end], as: UTF8.self), offset: start, into: &result)
                start = end
            } else {
                result.append(start..<start + 1)
                start += 1
            }
        }
        return result
    }

    private func wellFormedEnd(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
        guard let base = bytes.baseAddress else { return start }
        var index = start
        while index < bytes.count, let scalar = decodeScalar(base, at: index, end: bytes.count) {
            index += scalar.length
        }
        return index
    }

    private func split(_ text: String, offset: Int, into result: inout [Range<Int>]) {
        var position = 0
        func add(_ range: Range<Int>, _ keep: Bool) {
            if keep, !range.isEmpty { result.append(offset + range.lowerBound..<offset + range.upperBound) }
        }
        for match in text.matches(of: regex) {
            let lower = text.utf8.distance(from: text.startIndex, to: match.range.lowerBound)
            let upper = text.utf8.distance(from: text.startIndex, to: match.range.upperBound)
            add(position..<lower, keepsRest)
            add(lower..<upper, keepsMatches)
            position = upper
        }
        add(position..<text.utf8.count, keepsRest)
    }
}
