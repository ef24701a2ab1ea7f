// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage

/// Quoting the one sentence of real prose that mentions a phrase.
///
/// The phrase is two to four words that occur once in the text, so there is one right answer; the context is a stretch
/// of the given text as it stands, line breaks included.
package struct LookupTask: Sendable, Equatable {
    package var presence: NeedlePresence
    /// Lengths in bytes of the sentences asked for: not so short that the phrase is all of it, nor so long that one
    /// slip is certain.
    package var sentenceLengths: ClosedRange<Int>

    package init(presence: NeedlePresence = .assured, sentenceLengths: ClosedRange<Int> = 30...240) {
        self.presence = presence
        self.sentenceLengths = sentenceLengths
    }

    package var name: String { presence == .assured ? "lookup" : "lookup_" + presence.rawValue }

    /// What to answer if no sentence mentions the phrase.
    package static let absentAnswer = NeedleTask.absentAnswer

    /// One example, the same for the same arguments.
    ///
    /// - Throws: `InputError` if in a hundred draws no stretch had a sentence with a phrase of its own.
    package func example(seed: UInt64, budget: TextBudget, prose: Prose) throws -> TaskExample {
        var generator = SplitMix64(state: seed)
        let bytes = Array(prose.text.utf8)
        for _ in 0..<100 {
            guard let stretch = Stretch(of: prose, bytes, budget, &generator),
                let target = target(stretch, prose, &generator)
            else { continue }
            let isAbsent = presence == .absent
            return TaskExample(
                id: "\(name)-\(budget.limit)-\(seed)",
                task: name,
                context: stretch.text,
                question: question(target.phrase),
                expected: [isAbsent ? Self.absentAnswer : prose.sentences[target.sentence]],
                metric: .sameText,
                evidence: isAbsent ? [] : [stretch.range(of: prose.ranges[target.sentence])]
            )
        }
        throw InputError(
            at: name,
            "no stretch of \(budget.limit) \(budget.unit) has a sentence of \(sentenceLengths) bytes with a phrase of its own",
            remedy: presence == .absent ? "Give more prose than one context holds." : "Allow a longer context."
        )
    }

    private func question(_ phrase: String) -> String {
        let question = "Quote the sentence of the text that mentions \"\(phrase)\", word for word."
        guard presence != .assured else { return question }
        return question + " If no sentence mentions it, answer: \(Self.absentAnswer)"
    }

    /// Draws a sentence, inside of the stretch or outside, and words of it that the stretch holds once or never.
    private func target(
        _ stretch: Stretch,
        _ prose: Prose,
        _ generator: inout SplitMix64
    ) -> (sentence: Int, phrase: String)? {
        let isAbsent = presence == .absent
        let inside = stretch.sentences
        let candidates = isAbsent ? prose.sentences.indices.filter { !inside.contains($0) } : Array(inside)
        let text = Array(stretch.text.collapsedWhiteSpace.lowercased().utf8)
        for _ in 0..<20 {
            guard let sentence = candidates.randomElement(using: &generator),
                sentenceLengths.contains(prose.sentences[sentence].utf8.count),
                let phrase = phrase(of: prose.sentences[sentence], &generator),
                text.occurrences(of: Array(phrase.lowercased().utf8)) == (isAbsent ? 0 : 1)
            else { continue }
            return (sentence, phrase)
        }
        return nil
    }

    /// Two to four neighbouring words without punctuation between them; of a script without spaces, four to eight
    /// characters.
    private func phrase(of sentence: String, _ generator: inout SplitMix64) -> String? {
        let words = sentence.split(separator: " ")
        guard words.count > 4 else { return characters(of: sentence, &generator) }
        let count = Int.random(in: 2...4, using: &generator)
        let start = Int.random(in: 0...words.count - count, using: &generator)
        let chosen = words[start..<start + count]
        guard chosen.allSatisfy({ $0.allSatisfy(\.isLetter) }) else { return nil }
        let phrase = chosen.joined(separator: " ")
        return phrase.utf8.count >= 8 ? phrase : nil
    }

    private func characters(of sentence: String, _ generator: inout SplitMix64) -> String? {
        let characters = Array(sentence)
        let count = Int.random(in: 4...8, using: &generator)
        guard characters.count > count + 2 else { return nil }
        let start = Int.random(in: 0...characters.count - count, using: &generator)
        let chosen = characters[start..<start + count]
        return chosen.allSatisfy { $0.isLetter && !$0.isASCII } ? String(chosen) : nil
    }
}

/// Neighbouring sentences of a text, as it stands.
private struct Stretch {
    let sentences: Range<Int>
    let text: String
    private let start: Int

    /// Draws where to start, and goes on as far as the budget allows; nothing if not even one sentence fits.
    init?(of prose: Prose, _ bytes: [UInt8], _ budget: TextBudget, _ generator: inout SplitMix64) {
        let ranges = prose.ranges
        // Starts that leave the budget unused are avoided where the text is long enough.
        let total = ranges[ranges.count - 1].upperBound
        let reach = budget.limit * (budget.tokenizer == nil ? 1 : 4)
        let latest = ranges.lastIndex { $0.lowerBound + reach <= total } ?? 0
        let first = Int.random(in: 0...latest, using: &generator)
        let start = ranges[first].lowerBound
        let typical = max(total / ranges.count, 1)
        let fit = budget.largest(upTo: ranges.count - first, guess: reach / typical) { count in
            count == 0
                ? "" : String(decoding: bytes[start..<ranges[first + count - 1].upperBound], as: UTF8.self)
        }
        guard let fit, fit.count > 0 else { return nil }
        sentences = first..<first + fit.count
        text = fit.text
        self.start = start
    }

    func range(of range: SourceRange) -> SourceRange {
        SourceRange(range.lowerBound - start, range.upperBound - start)
    }
}

extension [UInt8] {
    /// How often `other` occurs, overlaps included.
    func occurrences(of other: [UInt8]) -> Int {
        guard let head = other.first, other.count <= count else { return 0 }
        var found = 0
        for start in 0...count - other.count where self[start] == head {
            if self[start..<start + other.count].elementsEqual(other) { found += 1 }
        }
        return found
    }
}
