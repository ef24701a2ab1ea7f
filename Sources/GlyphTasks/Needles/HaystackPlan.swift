// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage

/// Everything about one example but its length: asked for the context with a number of units, it always gives the
/// same, so that the length can be searched.
struct HaystackPlan {
    let task: NeedleTask
    let needles: Needles
    /// The sentences of an essay, repeated as long as needed.
    let sentences: [String]
    /// The sentence the essay starts with.
    let first: Int
    /// Where the needles stand in an essay, in percent, ascending.
    let depths: [Int]
    let noise: String
    /// Draws positions and other needles, anew for each number of units.
    let seed: UInt64

    /// About how many bytes a unit has.
    var typicalUnit: Int {
        switch task.haystack {
        case .noise: noise.utf8.count + 1
        case .essay: sentences.reduce(0) { $0 + $1.utf8.count + 1 } / max(sentences.count, 1)
        case .needles: (needles.hidden.first?.sentence.utf8.count ?? 0) + 1
        }
    }

    /// The context with `count` sentences or lines around the needles, and the bytes of what is asked for.
    func context(_ count: Int) -> (text: String, evidence: [SourceRange]) {
        var generator = SplitMix64(state: seed)
        let positions = positions(among: count, &generator)
        let unit = unit(&generator)
        let separator = task.haystack == .essay ? " " : "\n"
        var text = ""
        var evidence: [SourceRange] = []
        func append(_ piece: String) -> SourceRange {
            if !text.isEmpty { text += separator }
            let start = text.utf8.count
            text += piece
            return SourceRange(start, text.utf8.count)
        }
        var next = 0
        for index in 0...count {
            while next < positions.count, positions[next] == index {
                let needle = needles.hidden[next]
                let range = append(needle.sentence)
                if needle.isEvidence { evidence.append(range) }
                next += 1
            }
            if index < count { _ = append(unit(index)) }
        }
        return (text, evidence)
    }

    /// Before which unit each needle stands, ascending.
    private func positions(among count: Int, _ generator: inout SplitMix64) -> [Int] {
        switch task.haystack {
        case .essay: return depths.map { count * $0 / 100 }
        case .noise, .needles:
            // Several needles may stand before one unit only where there are fewer units than needles.
            guard count >= needles.hidden.count else {
                return needles.hidden.indices.map { _ in Int.random(in: 0...count, using: &generator) }.sorted()
            }
            var chosen: Set<Int> = []
            while chosen.count < needles.hidden.count { chosen.insert(Int.random(in: 0..<count, using: &generator)) }
            return chosen.sorted()
        }
    }

    /// Makes the units, numbered from 0.
    private func unit(_ generator: inout SplitMix64) -> (Int) -> String {
        switch task.haystack {
        case .noise: return { _ in noise }
        case .essay: return { sentences[(first + $0) % sentences.count] }
        case .needles:
            var others = generator
            return { [task, needles] _ in
                var key = task.keys.random(using: &others)
                while needles.keys.contains(key) { key = task.keys.random(using: &others) }
                var value = task.values.random(using: &others)
                while needles.answers.contains(value) { value = task.values.random(using: &others) }
                return Needles.sentence(task.values, key, value)
            }
        }
    }
}
