// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage

/// One of RULER's 13 tasks, at any length.
///
/// Hsieh et al. 2024, arXiv:2404.06654; NVIDIA/RULER, commit c3f5e3b. Generated here as the original's scripts define
/// them: same wording, counts and distributions, other random draws and own lists of words. Two differences, both as in
/// the published evaluation of Glyph: examples of solved tasks are not put before the context, and instruction and
/// question stay text.
package struct RulerTask: Sendable, Equatable {
    /// The families, which share wording and metric.
    enum Family: Sendable, Equatable {
        case needles(NeedleTask)
        case variableTracking(chains: Int, hops: Int)
        case commonWords
        case frequentWords
        case questions(QuestionSource)
    }

    /// Which data set the documents and questions of `qa_1` and `qa_2` come from.
    package enum QuestionSource: String, Sendable, CaseIterable {
        case squad
        case hotpotQA = "hotpotqa"
    }

    package let name: String
    let family: Family

    /// The tokens RULER allows for an answer, which count towards the length.
    package var answerTokens: Int {
        switch family {
        case .needles: 128
        case .variableTracking: 30
        case .commonWords: 120
        case .frequentWords: 50
        case .questions: 32
        }
    }

    /// All tasks, in the order of `scripts/synthetic.yaml`.
    package static let all: [RulerTask] =
        NeedleTask.ruler.map { RulerTask(name: $0.name, family: .needles($0)) } + [
            RulerTask(name: "vt", family: .variableTracking(chains: 1, hops: 4)),
            RulerTask(name: "cwe", family: .commonWords),
            RulerTask(name: "fwe", family: .frequentWords),
            RulerTask(name: "qa_1", family: .questions(.squad)),
            RulerTask(name: "qa_2", family: .questions(.hotpotQA)),
        ]

    /// The task of a name.
    ///
    /// - Throws: `InputError` that lists the names.
    package static func named(_ name: String) throws -> RulerTask {
        try all.named(name, among: "RULER's tasks", \.name)
    }

    /// One example, the same for the same arguments.
    ///
    /// - Parameters:
    ///   - seed: Chooses everything random; for `qa_1` and `qa_2` also the question.
    ///   - budget: RULER's length: context, prompt and the tokens of an answer together.
    ///   - sources: Texts that some tasks are made of.
    /// - Returns: The example; its context fills the budget as far as whole sentences, words or documents go.
    /// - Throws: `InputError` if a source is missing or the budget too small.
    package func example(seed: UInt64, budget: TextBudget, sources: RulerSources = RulerSources()) throws -> TaskExample
    {
        let frame = RulerFrame(task: self, seed: seed, budget: budget)
        switch family {
        case .needles(let task):
            return try task.example(
                seed: seed,
                budget: budget,
                prose: sources.prose,
                startsAnywhere: sources.startsAnywhere,
                reserving: frame.reserve
            )
        case .variableTracking(let chains, let hops): return try frame.variableTracking(chains: chains, hops: hops)
        case .commonWords: return try frame.commonWords(sources)
        case .frequentWords: return try frame.frequentWords()
        case .questions(let source):
            guard let pool = source == .squad ? sources.squad : sources.hotpotQA else {
                throw InputError(
                    at: name,
                    "it needs the documents and questions of \(source.rawValue)",
                    remedy: "Give the published file; docs/benchmarks.md says which."
                )
            }
            return try frame.question(of: pool)
        }
    }
}

/// What some of RULER's tasks are made of.
package struct RulerSources: Sendable {
    /// The haystack of needles in essays; RULER takes Paul Graham's essays, any long prose will do.
    package var prose: Prose?
    /// Whether an essay starts at a random sentence instead of the first.
    package var startsAnywhere: Bool
    /// More words for `cwe`; the prose's own are taken where these and the built-in ones do not suffice, and then pairs.
    package var words: [String]
    package var squad: DocumentQuestions?
    package var hotpotQA: DocumentQuestions?

    package init(
        prose: Prose? = nil,
        startsAnywhere: Bool = false,
        words: [String] = [],
        squad: DocumentQuestions? = nil,
        hotpotQA: DocumentQuestions? = nil
    ) {
        self.prose = prose
        self.startsAnywhere = startsAnywhere
        self.words = words
        self.squad = squad
        self.hotpotQA = hotpotQA
    }
}
