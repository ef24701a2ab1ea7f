// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage

extension RulerFrame {
    /// `cwe`: a numbered list in which ten words occur thirty times and all others three times.
    ///
    /// Below 4,096 tokens six times and once, as in the original. Where plain words do not suffice, the original takes a
    /// longer list; here all words are then pairs of an adjective and a noun.
    func commonWords(_ sources: RulerSources) throws -> TaskExample {
        let own = Self.words(sources.words)
        if let example = try commonWords(among: own) { return example }
        let all = Self.words(sources.words, and: sources.prose)
        if let example = try commonWords(among: all) { return example }
        if let example = try commonWords(among: NeedleWords.pairs) { return example }
        throw InputError(
            at: task.name,
            "\(NeedleWords.pairs.count) different words do not fill \(budget.limit) \(budget.unit)",
            remedy: "Ask for a shorter context."
        )
    }

    /// The example, or nothing if these words do not fill the budget.
    private func commonWords(among pool: [String]) throws -> TaskExample? {
        var generator = SplitMix64(state: seed)
        let isShort = budget.limit < 4096
        let (common, rare) = isShort ? (6, 1) : (30, 3)
        let words = pool.shuffled(using: &generator)
        var example = example(
            instruction: "Below is a numbered list of words. In these words, some appear more often than others. "
                + "Memorize the ones that appear most often.",
            question: "Question: What are the 10 most common words in the above list?",
            answerPrefix: "Answer: The top 10 words that appear most often in the list are:",
            expected: Array(words.prefix(10))
        )
        let order = generator.next()
        func context(_ count: Int) -> String {
            var generator = SplitMix64(state: order)
            let frequent = words.prefix(10).flatMap { Array(repeating: $0, count: common) }
            let others = words.dropFirst(10).prefix(count).flatMap { Array(repeating: $0, count: rare) }
            return (frequent + others).shuffled(using: &generator).enumerated()
                .map { "\($0 + 1). \($1)" }.joined(separator: " ")
        }
        let room = room(for: example)
        let most = words.count - 10
        let guess = room.limit / (rare * (room.tokenizer == nil ? 14 : 5))
        guard let fit = room.largest(upTo: most, guess: guess, context) else { throw tooShort() }
        guard fit.count < most else { return nil }
        example.context = fit.text
        return example
    }

    /// The built-in words, those given, and the prose's: each once, in a fixed order.
    private static func words(_ given: [String], and prose: Prose? = nil) -> [String] {
        var seen: Set<String> = []
        let own = NeedleWords.nouns + NeedleWords.adjectives + NeedleWords.verbs + given
        var words = own.filter { seen.insert($0).inserted }
        for sentence in prose?.sentences ?? [] {
            for part in sentence.split(separator: " ") {
                let word = part.lowercased()
                let isPlain = word.utf8.count > 2 && word.utf8.allSatisfy { (97...122).contains($0) }
                if isPlain, seen.insert(word).inserted { words.append(word) }
            }
        }
        return words
    }

    /// `fwe`: coded words whose frequencies follow a zeta distribution; the most frequent one is `...` and no answer.
    func frequentWords() throws -> TaskExample {
        var generator = SplitMix64(state: seed)
        let size = max((budget.limit - task.answerTokens) / 50, 5)
        var seen: Set<String> = []
        var vocabulary: [String] = []
        while vocabulary.count < size {
            let letters = (0..<6).map { _ in UInt8.random(in: 97...122, using: &generator) }
            let word = String(decoding: letters, as: UTF8.self)
            if seen.insert(word).inserted { vocabulary.append(word) }
        }
        vocabulary[0] = "..."
        var example = example(
            instruction:
                "Read the following coded text and track the frequency of each coded word. Find the three most "
                + "frequently appeared coded words.",
            question:
                "Question: Do not provide any explanation. Please ignore the dots '....'. What are the three most "
                + "frequently appeared words in the above coded text?",
            answerPrefix: "Answer: According to the coded text above, the three most frequently appeared words are:",
            around: (" ", "\n"),
            expected: Array(vocabulary[1...3])
        )
        let order = generator.next()
        // Rank k of n words occurs ⌊n · k⁻² / ζ(2)⌋ times.
        let zeta = Double.pi * Double.pi / 6
        func context(_ count: Int) -> String {
            var generator = SplitMix64(state: order)
            let drawn = vocabulary.enumerated().flatMap { rank, word in
                Array(repeating: word, count: Int(Double(count) / (Double(rank + 1) * Double(rank + 1) * zeta)))
            }
            return drawn.shuffled(using: &generator).joined(separator: " ")
        }
        // With fewer than 60 words the three are not yet told apart.
        guard let fit = room(for: example).fill(unit: 7, context), fit.count >= 60 else { throw tooShort() }
        example.context = fit.text
        return example
    }
}
