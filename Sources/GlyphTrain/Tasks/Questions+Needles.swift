// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage
import GlyphTasks

extension Questions {
    /// Asks for what needles say: RULER's words on a page of their own, one key, all values of one, or several keys.
    func needle(fitting count: Int, _ random: inout SplitMix64) throws -> Asked {
        try asked(fitting: count, &random) { passage, random in
            // Drawn anew for each passage, because two UUIDs do not fit a short page.
            let task = Self.needles(count, &random)
            let seed = random.next()
            let made = try task.example(seed: seed, budget: .bytes(count), prose: passage, startsAnywhere: true)
            let text = Array(made.context.unicodeScalars)
            let keys = task.askedKeys(seed: seed).map(\.key)
            let longest = longestAnswer(&random)
            // A page has room for a needle or two, and looking at it is most of the work: ask about other keys as well.
            let others =
                absent > 0
                ? (0..<Int.random(in: 0...2, using: &random)).map { _ in Self.other(task, text, &random) } : []
            var questions = (keys + others).compactMap { key -> Question? in
                let key = presence(&random) == .absent ? Self.other(task, text, &random) : key
                let words = unhinted(task.question(about: [key]), &random)
                return task.valueCount == 1
                    ? question(words, about: key, in: text, upTo: longest)
                    : question(words, aboutEach: [key], in: text, everyPlace: true).first
            }
            if Bool.random(using: &random) {
                let several = several(keys, task, text, &random)
                let words = unhinted(task.question(about: several), &random)
                questions += several.isEmpty ? [] : question(words, aboutEach: several, in: text, everyPlace: true)
            }
            return (made.context, questions)
        }
    }

    /// Needles in one of RULER's haystacks, as many as may fit.
    private static func needles(_ count: Int, _ random: inout SplitMix64) -> NeedleTask {
        let kinds: [NeedleKind] = [.numbers, .numbers, .words, .uuids]
        let haystacks: [Haystack] = [.essay, .essay, .essay, .noise, .noise, .needles]
        let needleCount = Int.random(in: 1...max(1, min(3, count / 90)), using: &random)
        let isOneKey = Int.random(in: 0..<4, using: &random) == 0
        let keyCount = isOneKey ? 1 : needleCount
        return NeedleTask(
            "needle",
            haystack: haystacks[Int.random(in: haystacks.indices, using: &random)],
            keys: Int.random(in: 0..<12, using: &random) == 0 ? .uuids : .words,
            values: kinds[Int.random(in: kinds.indices, using: &random)],
            keyCount: keyCount,
            valueCount: isOneKey ? needleCount : 1,
            queryCount: keyCount,
            presence: .present
        )
    }

    /// A key that the text does not name.
    private static func other(_ task: NeedleTask, _ text: [Unicode.Scalar], _ random: inout SplitMix64) -> String {
        while true {
            let key = task.keys.random(using: &random)
            if !QuotedAnswer.names(text, key) { return key }
        }
    }

    /// Two to four keys, in any order: of a long document's keys a page has few.
    private func several(
        _ keys: [String],
        _ task: NeedleTask,
        _ text: [Unicode.Scalar],
        _ random: inout SplitMix64
    ) -> [String] {
        var chosen = keys.filter { _ in presence(&random) == .present }
        let count = Int.random(in: 2...4, using: &random)
        while absent > 0, chosen.count < count { chosen.append(Self.other(task, text, &random)) }
        return chosen.shuffled(using: &random)
    }
}
