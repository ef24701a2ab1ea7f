// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage

/// Whether an answer contains, or is, what was expected.
enum Containment {
    /// The share of `expected` found in the answer; nothing expected is a programmer's mistake and scores 0.
    static func share(of expected: [String], in answer: String) -> Double {
        guard !expected.isEmpty else { return 0 }
        let answer = lower(answer)
        return Double(expected.count { PythonText.contains(answer, lower($0)) }) / Double(expected.count)
    }

    /// 1 if the answer contains one of `expected`, else 0.
    static func any(of expected: [String], in answer: String) -> Double {
        let answer = lower(answer)
        return expected.contains { PythonText.contains(answer, lower($0)) } ? 1 : 0
    }

    private static func lower(_ text: String) -> PythonText.Word { PythonText.lower(PythonText.codePoints(text)) }

    /// Whether the answer is one of `expected`, but for white space, quotation marks around it and case.
    static func isSame(_ answer: String, as expected: [String]) -> Bool {
        let answer = bare(answer)
        return expected.contains { bare($0).utf8.elementsEqual(answer.utf8) }
    }

    private static let quotes: Set<Character> = ["\"", "'", "“", "”", "‘", "’", "«", "»", "「", "」", "『", "』", "`"]

    private static func bare(_ text: String) -> String {
        var text = text.collapsedWhiteSpace[...]
        while let first = text.first, quotes.contains(first) { text = text.dropFirst() }
        while let last = text.last, quotes.contains(last) { text = text.dropLast() }
        return text.lowercased()
    }
}
