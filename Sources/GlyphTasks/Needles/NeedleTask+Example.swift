// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage

extension NeedleTask {
    /// The positions in an essay, in percent, among which RULER draws.
    private static let depths = (0..<40).map { Int((Double($0) * 100 / 39).rounded(.toNearestOrEven)) }
    /// RULER's noise: what fills a haystack of its kind, and what stands between the lines of `vt`.
    static let noise =
        "The grass is green. The sky is blue. The sun is yellow. Here we go. There and back again."

    /// One example, the same for the same arguments.
    ///
    /// - Parameters:
    ///   - seed: Chooses keys, values and positions.
    ///   - budget: How long the context may be; it is filled as far as whole sentences or lines go.
    ///   - prose: The haystack of `essay` tasks; repeated if it is shorter than the budget.
    ///   - startsAnywhere: Whether an essay starts at a random sentence; RULER always starts with the first.
    /// - Returns: The example, with the bytes of the needles asked for as evidence.
    /// - Throws: `InputError` if the needles alone are longer than the budget, or prose is missing.
    package func example(
        seed: UInt64,
        budget: TextBudget,
        prose: Prose? = nil,
        startsAnywhere: Bool = false
    ) throws -> TaskExample {
        try example(seed: seed, budget: budget, prose: prose, startsAnywhere: startsAnywhere) { _ in 0 }
    }

    /// As above, with a part of the budget kept for the prompt and the answer, once they are known.
    func example(
        seed: UInt64,
        budget: TextBudget,
        prose: Prose?,
        startsAnywhere: Bool,
        reserving reserve: (TaskExample) -> Int
    ) throws -> TaskExample {
        try check(prose)
        var generator = SplitMix64(state: seed)
        let needles = Needles(self, &generator)
        let plan = HaystackPlan(
            task: self,
            needles: needles,
            sentences: haystack == .essay ? prose?.sentences ?? [] : [],
            first: startsAnywhere ? Int.random(in: 0..<max(prose?.sentences.count ?? 1, 1), using: &generator) : 0,
            depths: Array(Self.depths.shuffled(using: &generator).prefix(needles.hidden.count)).sorted(),
            noise: Self.noise,
            seed: generator.next()
        )
        var example = TaskExample(
            id: "\(name)-\(budget.limit)-\(seed)",
            task: name,
            instruction: instruction,
            context: "",
            question: question(needles.asked),
            answerPrefix: answerPrefix(needles.asked),
            expected: presence == .absent ? [Self.absentAnswer] : needles.answers,
            metric: presence == .absent ? .sameText : .matchesAll
        )
        var room = budget
        room.limit -= reserve(example)
        guard let fit = room.fill(unit: plan.typicalUnit, { plan.context($0).text }) else {
            throw InputError(
                at: name,
                "the needles alone are longer than \(room.limit) \(budget.unit)",
                remedy: "Allow a longer context."
            )
        }
        example.context = fit.text
        example.evidence = plan.context(fit.count).evidence
        return example
    }

    private func check(_ prose: Prose?) throws {
        guard haystack == .essay else { return }
        guard keyCount * valueCount <= Self.depths.count else {
            throw InputError(
                at: name,
                "there are \(keyCount * valueCount) needles",
                expected: "at most \(Self.depths.count) in an essay"
            )
        }
        guard prose != nil else {
            throw InputError(at: name, "needles need prose to be hidden in", remedy: "Give the text of an essay.")
        }
    }

    /// The keys that the example with this seed asks for, each with its first value, in the order of the question.
    package func askedKeys(seed: UInt64) -> [(key: String, value: String)] {
        var generator = SplitMix64(state: seed)
        let needles = Needles(self, &generator)
        return needles.asked.enumerated().map { ($1, needles.answers[$0 * valueCount]) }
    }

    /// The question for these keys instead of those of an example.
    package func question(about keys: [String]) -> String {
        var task = self
        task.queryCount = keys.count
        return task.question(keys)
    }

    private var isSingle: Bool { queryCount * valueCount == 1 }

    private var instruction: String {
        isSingle
            ? "A special magic \(values.singular) is hidden within the following text. Make sure to memorize it. "
                + "I will quiz you about the \(values.singular) afterwards."
            : "Some special magic \(values.rawValue) are hidden within the following text. Make sure to memorize it. "
                + "I will quiz you about the \(values.rawValue) afterwards."
    }

    private func list(_ asked: [String]) -> String {
        let last = asked[asked.count - 1]
        return asked.count > 1 ? asked.dropLast().joined(separator: ", ") + ", and " + last : last
    }

    private func answerPrefix(_ asked: [String]) -> String {
        guard presence == .assured else { return "" }
        return isSingle
            ? "The special magic \(values.singular) for \(list(asked)) mentioned in the provided text is"
            : "The special magic \(values.rawValue) for \(list(asked)) mentioned in the provided text are"
    }

    private func question(_ asked: [String]) -> String {
        let question =
            isSingle
            ? "What is the special magic \(values.singular) for \(list(asked)) mentioned in the provided text?"
            : "What are all the special magic \(values.rawValue) for \(list(asked)) mentioned in the provided text?"
        guard presence != .assured else { return question }
        return question + " If the text does not mention it, answer: \(Self.absentAnswer)"
    }
}

/// The keys and values of one example.
struct Needles {
    /// The sentences to hide, in the order in which they appear.
    var hidden: [(sentence: String, isEvidence: Bool)] = []
    /// The keys asked for.
    var asked: [String] = []
    /// Their values.
    var answers: [String] = []
    /// All keys that must not come up again.
    var keys: Set<String> = []

    init(_ task: NeedleTask, _ generator: inout SplitMix64) {
        var values: Set<String> = []
        func fresh(_ kind: NeedleKind, _ used: inout Set<String>, _ generator: inout SplitMix64) -> String {
            while true {
                let candidate = kind.random(using: &generator)
                if used.insert(candidate).inserted { return candidate }
            }
        }
        let pairs = (0..<task.keyCount).map { _ in
            let key = fresh(task.keys, &keys, &generator)
            return (key, (0..<task.valueCount).map { _ in fresh(task.values, &values, &generator) })
        }
        let chosen = (0..<task.keyCount).shuffled(using: &generator).prefix(task.queryCount)
        asked = chosen.map { pairs[$0].0 }
        answers = chosen.flatMap { pairs[$0].1 }
        if task.presence == .absent {
            asked = asked.map { _ in fresh(task.keys, &keys, &generator) }
        }
        for (index, pair) in pairs.enumerated() {
            for value in pair.1 {
                let isEvidence = task.presence != .absent && chosen.contains(index)
                hidden.append((Self.sentence(task.values, pair.0, value), isEvidence))
            }
        }
        hidden.shuffle(using: &generator)
    }

    static func sentence(_ kind: NeedleKind, _ key: String, _ value: String) -> String {
        "One of the special magic \(kind.rawValue) for \(key) is: \(value)."
    }
}
