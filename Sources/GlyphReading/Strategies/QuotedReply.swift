// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Foundation
import GlyphPage

/// What counts of the answer of a reader that quotes (`quote` on its card): each line of it stands in what it read.
struct QuotedReply {
    let question: String
    let sought: SoughtWords
    /// What the reader says where there is nothing to quote.
    private let absent: String

    init(question: String, absent: String) {
        (self.question, self.absent) = (question, absent)
        sought = SoughtWords(question)
    }

    /// The parts of an answer that are quotations.
    ///
    /// A quotation begins with a word of the question, names enough of what is asked for and says more than that; or,
    /// where the question gives a phrase in quotation marks, it holds that phrase. Several are separated by semicolons.
    ///
    /// - Parameters:
    ///   - answer: What the reader said.
    ///   - read: What it wrote down of the pages.
    /// - Returns: A line for each, as it was written down; empty if there are none.
    func quotations(in answer: String, from read: String) -> String {
        let written = NormalizedText(read, foldsCase: true)
        let question = NormalizedText(question, foldsCase: true)
        func quotation(_ part: String) -> String? {
            let holdsPhrase = sought.phrase.map { Self.stands($0, in: NormalizedText(part, foldsCase: true)) } ?? false
            guard holdsPhrase || isAsked(part, question) else { return nil }
            return Self.stands(part, in: written) ? part : nearly(part, in: written, Array(read.utf8))
        }
        if let whole = quotation(answer) { return whole }
        return answer.components(separatedBy: "; ").map(\.trimmed)
            .compactMap { $0.hasSuffix(absent) ? nil : quotation($0) }
            .uniqued.joined(separator: "\n")
    }

    /// What was written down where a part differs from it in a character or a tenth of them, but in no word that is sought:
    /// a sign that it does not know a reader takes for another every time.
    private func nearly(_ part: String, in written: NormalizedText, _ bytes: [UInt8]) -> String? {
        let copy = NormalizedText(part, foldsCase: true)
        guard let near = NearestMatch(of: copy, in: written), near.distance <= max(1, copy.scalars.count / 10) else {
            return nil
        }
        let shown = bytes[written.starts[near.range.lowerBound]..<written.ends[near.range.upperBound - 1]]
        // One line, since each is a quotation.
        let passage = String(decoding: shown, as: UTF8.self).collapsedWhiteSpace
        let named = sought.telling.intersection(SoughtWords.words(part))
        return named.isSubset(of: SoughtWords.words(passage)) ? passage : nil
    }

    private func isAsked(_ part: String, _ question: NormalizedText) -> Bool {
        let first = part.prefix { !$0.isWhitespace }.trimmingCharacters(in: .punctuationCharacters)
        guard Self.stands(first, in: question) else { return false }
        if sought.isSpaceless { return true }
        let words = SoughtWords.words(part)
        let lead = words.first { sought.telling.contains($0) || !SoughtWords.grammar.contains($0) }
        return lead.map(sought.telling.contains) ?? false && sought.areNamed(in: part)
            && words.contains { !sought.all.contains($0) }
    }

    /// The beginning of a quotation that says what something is, up to the word that says so or a colon ("the fee is",
    /// "Fee:"); nil for one that only speaks of it.
    func lead(of quotation: String) -> String? {
        var count = 0
        for word in quotation.split(whereSeparator: \.isWhitespace) {
            count += 1
            let bare = SoughtWords.words(String(word)).last ?? word
            let says = ["is", "are", "was", "were", "shall", "will", "="].contains(bare)
            guard says || sought.all.contains(bare) else { return nil }
            if word.hasSuffix(":") || says && count > 1 { return String(quotation[..<word.endIndex]) }
        }
        return nil
    }

    /// Whether several things are asked for, or all of something, so that more than one page may have a part.
    var asksForSeveral: Bool {
        asksForAll || sought.all.isSuperset(of: ["are", "and"])
    }

    /// Whether all of something is asked for.
    var asksForAll: Bool { !sought.all.isDisjoint(with: ["all", "list", "every", "each"]) }

    /// The phrase whose sentence is to be quoted, where that is what is asked for.
    var soughtPhrase: String? {
        let words: Set<Substring> = ["sentence", "sentences", "quote", "mention", "mentions", "mentioned"]
        return !sought.all.isDisjoint(with: words) || question.contains("句") ? sought.phrase : nil
    }

    /// Whether a text can hold an answer: a word for what is asked for must stand in it, or the phrase.
    func mayAnswer(_ text: String) -> Bool {
        if sought.isSpaceless || sought.count(in: text) > 0 { return true }
        return sought.phrase.map { Self.stands($0, in: NormalizedText(text, foldsCase: true)) } ?? false
    }

    /// The question in the capitals that a text has for its words.
    ///
    /// A reader looks for capitals letter by letter, and finds small letters in any.
    func spelled(as text: String) -> String {
        var (spellings, known) = ([String: Substring](), Set<Substring>())
        for word in text.split(whereSeparator: { !$0.isLetter && !$0.isNumber }) {
            known.insert(word)
            spellings[word.lowercased()] = spellings[word.lowercased()] ?? word
        }
        return question.replacing(/[\p{L}\p{N}]+/) { match in
            let word = match.output
            let lower = word.lowercased()[...]
            if word == lower || known.contains(word) && !SoughtWords.grammar.contains(lower) { return word }
            if SoughtWords.grammar.contains(lower) {
                return word.count > 1 && word.startIndex > question.startIndex ? lower : word
            }
            return known.contains(lower) ? lower : spellings[String(lower)] ?? word
        }
    }

    private static func stands(_ part: String, in text: NormalizedText) -> Bool {
        let part = NormalizedText(part, foldsCase: true).scalars
        return !part.isEmpty && text.range(of: part, edges: .wholeWords) != nil
    }
}
