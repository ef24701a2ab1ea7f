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
    /// A quotation begins with a word of the question or, where the question gives a phrase in quotation marks, holds
    /// that phrase. Several are separated by semicolons.
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
                Self.stands(first, in: question)
                || phrase.map { Self.stands($0, in: NormalizedText(part, foldsCase: true)) } ?? false
            return isAsked && Self.stands(part, in: read)
        }
        if isQuotation(answer) { return answer }
        return answer.components(separatedBy: "; ").map(\.trimmed)
            .filter { !$0.hasSuffix(absent) && isQuotation($0) }.joined(separator: "\n")
    }

    /// Whether a quotation says what something is ("the fee is 5", "Fee: 5"), rather than only speaking of it.
    func isStatement(_ quotation: String) -> Bool {
        let asked = Set(Self.words(question))
        for word in quotation.lowercased().split(whereSeparator: \.isWhitespace) {
            let bare = Self.words(String(word)).last ?? word
            if ["is", "are", "was", "were", "shall", "will", "="].contains(bare) { return true }
            guard asked.contains(bare) else { return false }
            if word.hasSuffix(":") { return true }
        }
        return false
    }

    /// Whether several things are asked for, or all of something, so that more than one page may have a part.
    var asksForSeveral: Bool {
        let words = Set(Self.words(question))
        return !words.isDisjoint(with: ["all", "list", "every", "each"])
            || words.contains("are") && words.contains("and")
    }

    /// What stands in the question's quotation marks.
    private var phrase: String? {
        guard let first = question.firstIndex(of: "\""), let last = question.lastIndex(of: "\""), first < last else {
            return nil
        }
        let phrase = question[question.index(after: first)..<last]
        return phrase.isEmpty ? nil : String(phrase)
    }

    private static func words(_ text: String) -> [Substring] {
        text.lowercased().split { !$0.isLetter && !$0.isNumber }
    }

    private static func stands(_ part: String, in text: NormalizedText) -> Bool {
        let part = NormalizedText(part, foldsCase: true).scalars
        return !part.isEmpty && text.range(of: part, asWords: true) != nil
    }
}
