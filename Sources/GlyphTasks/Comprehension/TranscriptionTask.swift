// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage

/// Reading a text aloud, so to say: what optical character recognition is measured with.
package struct TranscriptionTask: Sendable, Equatable {
    /// What is to be read.
    ///
    /// Prose can be guessed in part from its language, shuffled words less, random strings and signs not at all.
    package enum Material: String, Sendable, CaseIterable {
        case prose
        case shuffledWords = "words"
        case randomStrings = "random"
        /// Prose, set in ``TypesetSigns``.
        case signs
    }

    package var material: Material

    package var name: String { "transcribe_" + material.rawValue }

    /// One of every material.
    package static let all = Material.allCases.map(TranscriptionTask.init)

    /// The task of a name.
    ///
    /// - Throws: `InputError` that lists the names.
    package static func named(_ name: String) throws -> TranscriptionTask {
        try all.named(name, among: "tasks of transcription", \.name)
    }

    /// What every transcription is asked with.
    package static let question = "Transcribe the text word for word. Output nothing else."

    package init(_ material: Material) { self.material = material }

    /// One example, the same for the same arguments; score it with `ErrorCount` to add up error rates.
    ///
    /// - Throws: `InputError` if prose or words are to be read and no prose is given.
    package func example(seed: UInt64, budget: TextBudget, prose: Prose? = nil) throws -> TaskExample {
        var generator = SplitMix64(state: seed)
        let text = try text(budget, prose, &generator)
        return TaskExample(
            id: "\(name)-\(budget.limit)-\(seed)",
            task: name,
            context: text,
            question: Self.question,
            expected: [text],
            metric: .characterAccuracy,
            evidence: [SourceRange(0, text.utf8.count)]
        )
    }

    private func text(_ budget: TextBudget, _ prose: Prose?, _ generator: inout SplitMix64) throws -> String {
        var units: [String]
        var first = 0
        switch material {
        case .prose, .signs:
            units = try sentences(prose)
            first = Int.random(in: 0..<units.count, using: &generator)
            guard material == .signs else { break }
            // No more than can fit: each has a byte or a token at least.
            units = (0..<min(units.count, max(budget.limit, 0) + 1)).map { index in
                let unit = units[(first + index) % units.count].unicodeScalars
                return String(String.UnicodeScalarView(TypesetSigns.set(unit, using: &generator)))
            }
            first = 0
        case .shuffledWords:
            units = try sentences(prose).flatMap { $0.split(separator: " ").map(String.init) }.shuffled(
                using: &generator
            )
        case .randomStrings:
            let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")
            units = (0..<max(budget.limit, 0) + 1).map { _ in
                let count = Int.random(in: 4...12, using: &generator)
                return String((0..<count).map { _ in letters[Int.random(in: 0..<letters.count, using: &generator)] })
            }
        }
        let typical = units.prefix(200).reduce(0) { $0 + $1.utf8.count + 1 } / min(units.count, 200)
        let fit = budget.fill(unit: typical) { count in
            (0..<count).map { units[(first + $0) % units.count] }.joined(separator: " ")
        }
        guard let fit, fit.count > 0 else {
            throw InputError(
                at: name,
                "\(budget.limit) \(budget.unit) hold nothing to read",
                remedy: "Allow a longer text."
            )
        }
        return fit.text
    }

    private func sentences(_ prose: Prose?) throws -> [String] {
        guard let prose else {
            throw InputError(at: name, "there is no prose to read", remedy: "Give a text, or take random strings.")
        }
        return prose.sentences
    }
}
