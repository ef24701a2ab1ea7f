// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage

/// Parts what a person asks at once into questions for one thing each: a small reader answers those more surely.
enum SingleQuestions {
    /// The questions that one holds.
    ///
    /// - Parameter question: As in "What are the fee, the rate and the cap?", or several with a mark each.
    /// - Returns: "What is the fee?" and so on; the question itself if it asks for one thing, or for all of something.
    static func of(_ question: String) -> [String] {
        // A mark may stand in a name or a number, and a phrase must stay whole.
        guard SoughtWords(question).phrase == nil else { return [question] }
        var rest = question[...]
        var single: [String] = []
        while let mark = rest.firstRange(of: /\?\s+/) {
            single += parts(rest[..<mark.lowerBound] + "?")
            rest = rest[mark.upperBound...]
        }
        // What follows the last mark and asks for nothing only says how to answer.
        if single.isEmpty || rest.last == "?" || SoughtWords.asks(rest) { single += parts(rest) }
        single = single.uniqued
        return single.count <= most ? single : [question]
    }

    /// More things than a person lists are asked for as they are: each costs a pass over all pages.
    private static let most = 16

    private static func parts(_ question: Substring) -> [String] {
        let asked = question.reversed().drop { $0 == "?" || $0 == "." || $0.isWhitespace }.reversed()
        guard let match = String(asked).wholeMatch(of: /(?i)\s*(what|who|which|where|when) are (the .+)/) else {
            return [String(question)]
        }
        // With the article before each: "terms and conditions" is one thing.
        let things = match.2.split(separator: /(?:,| and|, and) (?=the )/.ignoresCase())
        guard things.count > 1 else { return [String(question)] }
        return things.map { "\(match.1) \($0.hasSuffix("s") && !$0.hasSuffix("ss") ? "are" : "is") \($0)?" }
    }
}
