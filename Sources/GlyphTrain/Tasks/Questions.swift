// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage

/// Questions about a page whose answers are known, because the page was written for them.
enum Questions {
    struct Asked {
        /// What the page shows.
        let text: [Unicode.Scalar]
        let question: String
        let answer: String
    }

    static let transcribe = "Write down the text of the page."

    /// What the model says when the page does not tell.
    static let absent = "Not on this page."

    /// Hides one to three sentences that give a key's number in prose, and asks for one of them, or, in a quarter of the
    /// cases, for a key that is not there (RULER's needles, arXiv 2404.06654).
    static func needle(in prose: [Unicode.Scalar], _ random: inout SplitMix64) -> Asked {
        let keys = (0..<4).map { _ in key(&random) }
        let values = keys.map { _ in String(Int.random(in: 1_000_000...99_999_999, using: &random)) }
        let count = Int.random(in: 1...3, using: &random)
        var text = prose
        for index in 0..<count {
            let sentence = Array(
                " One of the special magic numbers for \(keys[index]) is: \(values[index]).".unicodeScalars
            )
            // Room is made by leaving out prose, so that the page stays as full as it was.
            guard text.count > sentence.count * 2 else { break }
            text.removeLast(sentence.count)
            let spaces = text.indices.filter { text[$0] == " " }
            let place = spaces.isEmpty ? 0 : spaces[Int.random(in: spaces.indices, using: &random)]
            text.insert(contentsOf: sentence, at: place)
        }
        let hidden = (0..<count).filter { contains(text, Array("for \(keys[$0]) is: \(values[$0]).".unicodeScalars)) }
        let isAbsent = hidden.isEmpty || Int.random(in: 0..<4, using: &random) == 0
        let asked = isAbsent ? keys.count - 1 : hidden[Int.random(in: hidden.indices, using: &random)]
        return Asked(
            text: text,
            question: "What is the special magic number for \(keys[asked])?",
            answer: isAbsent ? absent : values[asked]
        )
    }

    /// Asks for the sentence in which a phrase of three words stands, or, in a quarter of the cases, for one that the
    /// page does not have.
    static func lookup(in prose: [Unicode.Scalar], _ random: inout SplitMix64) -> Asked {
        let sentences = prose.pieces(endingAt: { ".!?\n".unicodeScalars.contains($0) })
            .map { Array($0.drop(while: \.isSpace)) }
            .filter { (30...160).contains($0.count) }
        guard !sentences.isEmpty else {
            return Asked(text: prose, question: phraseQuestion(key(&random)), answer: absent)
        }
        let sentence = sentences[Int.random(in: sentences.indices, using: &random)]
        let words = sentence.split(separator: " ")
        let first = Int.random(in: 0...max(0, words.count - 3), using: &random)
        var phrase = Array(words[first..<min(first + 3, words.count)].joined(separator: [" "]))
        let isAbsent = Int.random(in: 0..<4, using: &random) == 0
        if isAbsent { phrase = phrase.shuffled(using: &random) }
        return Asked(
            text: prose,
            question: phraseQuestion(String(String.UnicodeScalarView(phrase))),
            answer: isAbsent ? absent : String(String.UnicodeScalarView(sentence))
        )
    }

    private static func phraseQuestion(_ phrase: String) -> String { "Quote the sentence with: \(phrase)" }

    /// A name such as `brave-otter`, made of syllables, so that there are more than anyone could learn by heart.
    private static func key(_ random: inout SplitMix64) -> String {
        let (consonants, vowels) = (Array("bcdfghjklmnprstvwz"), Array("aeiou"))
        func word(_ random: inout SplitMix64) -> String {
            var word = ""
            for _ in 0..<Int.random(in: 2...3, using: &random) {
                word.append(consonants[Int.random(in: consonants.indices, using: &random)])
                word.append(vowels[Int.random(in: vowels.indices, using: &random)])
            }
            return word
        }
        return "\(word(&random))-\(word(&random))"
    }

    private static func contains(_ text: [Unicode.Scalar], _ part: [Unicode.Scalar]) -> Bool {
        guard text.count >= part.count else { return false }
        return (0...text.count - part.count).contains { text[$0..<$0 + part.count].elementsEqual(part) }
    }
}

extension [Unicode.Scalar] {
    /// Divides behind every character that ends a piece.
    func pieces(endingAt isEnd: (Unicode.Scalar) -> Bool) -> [ArraySlice<Unicode.Scalar>] {
        var (pieces, start): ([ArraySlice<Unicode.Scalar>], Int) = ([], 0)
        for index in indices where isEnd(self[index]) {
            pieces.append(self[start...index])
            start = index + 1
        }
        if start < count { pieces.append(self[start...]) }
        return pieces
    }
}
