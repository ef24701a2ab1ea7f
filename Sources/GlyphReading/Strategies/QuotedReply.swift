// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Foundation
import GlyphPage

/// What counts of the answer of a reader that quotes (`quote` on its card): each line of it stands in what it read.
struct QuotedReply {
    let question: String
    /// What the reader says where there is nothing to quote.
    let absent: String

    /// The parts of an answer that are quotations.
    ///
    /// A quotation begins with a word of the question and names something that is asked for or, where the question gives
    /// a phrase in quotation marks, holds that phrase. Several are separated by semicolons.
    ///
    /// - Parameters:
    ///   - answer: What the reader said.
    ///   - read: What it wrote down of the pages.
    /// - Returns: A line for each; empty if there are none.
    func quotations(in answer: String, from read: String) -> String {
        let read = NormalizedText(read, foldsCase: true)
        let question = NormalizedText(question, foldsCase: true)
        func isQuotation(_ part: String) -> Bool {
            let first = part.prefix { !$0.isWhitespace }.trimmingCharacters(in: .punctuationCharacters)
            let isAsked =
                Self.stands(first, in: question) && mayAnswer(part)
                || phrase.map { Self.stands($0, in: NormalizedText(part, foldsCase: true)) } ?? false
            return isAsked && Self.stands(part, in: read)
        }
        if isQuotation(answer) { return answer }
        return answer.components(separatedBy: "; ").map(\.trimmed)
            .filter { !$0.hasSuffix(absent) && isQuotation($0) }.joined(separator: "\n")
    }

    /// The beginning of a quotation that says what something is, up to the word that says so or a colon ("the fee is",
    /// "Fee:"); nil for one that only speaks of it.
    func lead(of quotation: String) -> String? {
        let asked = askedWords
        var count = 0
        for word in quotation.split(whereSeparator: \.isWhitespace) {
            count += 1
            let bare = Self.words(String(word)).last ?? word
            let says = ["is", "are", "was", "were", "shall", "will", "="].contains(bare)
            guard says || asked.contains(bare) else { return nil }
            if word.hasSuffix(":") || says && count > 1 { return String(quotation[..<word.endIndex]) }
        }
        return nil
    }

    /// Whether several things are asked for, or all of something, so that more than one page may have a part.
    var asksForSeveral: Bool {
        asksForAll || askedWords.isSuperset(of: ["are", "and"])
    }

    /// Whether all of something is asked for.
    var asksForAll: Bool { !askedWords.isDisjoint(with: ["all", "list", "every", "each"]) }

    /// The phrase whose sentence is to be quoted, where that is what is asked for.
    var soughtPhrase: String? {
        let asksForSentence =
            !askedWords.isDisjoint(with: ["sentence", "sentences", "quote"]) || question.contains("句")
        return asksForSentence ? phrase : nil
    }

    /// Whether a text can hold an answer: a word for what is asked for must stand in it.
    func mayAnswer(_ text: String) -> Bool {
        let sought = askedWords.subtracting(Self.grammar)
        return sought.isEmpty || question.unicodeScalars.contains(where: \.isIdeographic)
            || !sought.isDisjoint(with: Self.words(text))
    }

    /// What stands in the question's quotation marks.
    private var phrase: String? { phraseRange.map { String(question[$0]) } }

    private var phraseRange: Range<String.Index>? {
        for (opening, closing) in [("\"", "\""), ("“", "”"), ("「", "」"), ("«", "»")] {
            if let start = question.range(of: opening)?.upperBound,
                let end = question.range(of: closing, options: .backwards)?.lowerBound, start < end
            {
                return start..<end
            }
        }
        return nil
    }

    /// The words of the question, apart from those in quotation marks.
    private var askedWords: Set<Substring> {
        guard let phraseRange else { return Set(Self.words(question)) }
        return Set(
            Self.words(String(question[..<phraseRange.lowerBound]) + " " + question[phraseRange.upperBound...])
        )
    }

    /// Words that say nothing about what is sought.
    private static let grammar: Set<Substring> = [
        "a", "an", "the", "of", "in", "on", "at", "to", "for", "by", "and", "or", "is", "are", "was", "were", "be",
        "do",
        "does", "did", "what", "which", "who", "whom", "whose", "when", "where", "why", "how", "that", "this", "it",
        "its", "with", "from", "as", "all", "list", "every", "each",
    ]

    private static func words(_ text: String) -> [Substring] {
        text.lowercased().split { !$0.isLetter && !$0.isNumber }
    }

    private static func stands(_ part: String, in text: NormalizedText) -> Bool {
        let part = NormalizedText(part, foldsCase: true).scalars
        return !part.isEmpty && text.range(of: part, edges: .wholeWords) != nil
    }
}
