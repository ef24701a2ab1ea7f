// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Foundation

/// What a question asks for, by its words.
struct SoughtWords {
    /// The words of the question, apart from those in quotation marks.
    let all: Set<Substring>
    /// Those of them that say what is sought; the others belong to every question.
    let telling: Set<Substring>
    /// What stands in the question's quotation marks.
    let phrase: String?
    /// Whether the question can be answered with yes or no.
    private let asksWhether: Bool
    /// Whether the question is in a script that does not part its words.
    let isSpaceless: Bool

    init(_ question: String) {
        let range = Self.phraseRange(of: question)
        phrase = range.map { String(question[$0]) }
        let rest = range.map { question[..<$0.lowerBound] + " " + question[$0.upperBound...] } ?? question[...]
        all = Set(Self.words(String(rest)))
        let telling = all.subtracting(Self.grammar)
        self.telling = telling.isEmpty ? Self.names(in: rest) : telling
        asksWhether = Self.words(String(rest)).first.map(Self.verbs.contains) ?? false
        isSpaceless = question.unicodeScalars.contains(where: \.isIdeographic)
    }

    /// Whether a text names enough of what is sought to be about it: half of the words, or two of many; all of them where
    /// only a yes or a no is asked for, which a text about something else would not be.
    func areNamed(in text: String) -> Bool {
        let enough = asksWhether ? telling.count : min(2, (telling.count + 1) / 2)
        return telling.intersection(Self.words(text)).count >= enough
    }

    /// How many of the words that say what is sought stand in a text, in the singular or plural.
    func count(in text: String) -> Int {
        let words = Set(Self.words(text).map(Self.singular))
        return telling.count { words.contains(Self.singular($0)) }
    }

    /// The words of a text in small letters.
    static func words(_ text: String) -> [Substring] {
        text.lowercased().split { !$0.isLetter && !$0.isNumber }
    }

    private static func singular(_ word: Substring) -> Substring {
        word.count > 3 && word.hasSuffix("s") ? word.dropLast() : word
    }

    private static let verbs: Set<Substring> = [
        "am", "are", "can", "could", "did", "do", "does", "had", "has", "have", "is", "may", "must", "shall", "should",
        "was", "were", "will", "would",
    ]

    /// Words that say nothing about what is sought.
    static let grammar: Set<Substring> = [
        "a", "about", "all", "an", "and", "any", "are", "as", "at", "be", "been", "by", "can", "could", "did",
        "do", "does", "each", "every", "find", "for", "from", "get", "give", "had", "has", "have", "he", "her",
        "him", "his", "how", "i", "if", "in", "is", "it", "its", "list", "long", "many", "may", "me", "mention",
        "mentioned", "mentions", "much", "must", "my", "not", "of", "often", "on", "or", "our", "please",
        "quote", "s", "say", "says", "sentence", "sentences", "shall", "she", "should", "tell", "text", "that",
        "the", "their", "them", "there", "these", "they", "this", "those", "to", "us", "was", "we", "were",
        "what", "when", "where", "which", "who", "whom", "whose", "why", "will", "with", "would", "you", "your",
    ]

    /// Words with a capital, but for the first: a name may look like any word ("Who is Will?").
    private static func names(in question: Substring) -> Set<Substring> {
        guard question.contains(where: \.isLowercase) else { return [] }
        let words = question.split { !$0.isLetter && !$0.isNumber }.dropFirst()
        let names = words.filter { $0.count > 1 && $0.first?.isUppercase ?? false }.map { $0.lowercased()[...] }
        return Set(names).subtracting(interrogatives)
    }

    /// Whether a sentence without a question mark asks for something.
    static func asks(_ sentence: Substring) -> Bool {
        words(String(sentence)).first.map { interrogatives.union(verbs).union(requests).contains($0) } ?? false
    }

    private static let interrogatives: Set<Substring> = [
        "how", "what", "when", "where", "which", "who", "whom", "whose", "why",
    ]
    private static let requests: Set<Substring> = ["find", "give", "list", "quote", "tell"]

    private static func phraseRange(of question: String) -> Range<String.Index>? {
        for (opening, closing) in [("\"", "\""), ("“", "”"), ("「", "」"), ("«", "»")] {
            if let start = question.range(of: opening)?.upperBound,
                let end = question.range(of: closing, options: .backwards)?.lowerBound, start < end
            {
                return start..<end
            }
        }
        // These are apostrophes, too: one that closes has no letter behind it.
        let single =
            question.firstMatch(of: /‘([^‘]{1,200}?)’(?![A-Za-z0-9])/)
            ?? question.firstMatch(of: /(?:^|[\s(\[])'([^\s'](?:.{0,200}?[^\s])?)'(?![A-Za-z0-9])/)
        return single.map { $0.1.startIndex..<$0.1.endIndex }
    }
}
