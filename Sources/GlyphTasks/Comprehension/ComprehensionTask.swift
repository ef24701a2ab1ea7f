// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage

/// Retrieval, association and memory: whether a text seen as pages was understood, not only deciphered.
///
/// In the spirit of VTCBench (arXiv:2512.15649), which builds on RULER, NoLiMa and LoCoMo. All of it is generated here,
/// offline and in own words, so numbers are not comparable with VTCBench's; the three kinds of demand are.
package enum ComprehensionTask: String, Sendable, CaseIterable {
    /// A value is looked up by a key that the text repeats: RULER's needles in prose, of one key, several, several
    /// values and several queries in turn.
    case retrieval
    /// The question shares no word with the sentence that answers it; only knowledge of the world joins them.
    case association
    /// A conversation over many days is asked about what was said, or when; scored as VTCBench does, by ROUGE-L.
    case memory

    /// The task of a name.
    ///
    /// - Throws: `InputError` that lists the names.
    package static func named(_ name: String) throws -> ComprehensionTask {
        try allCases.named(name, among: "tasks of comprehension", \.rawValue)
    }

    /// One example, the same for the same arguments.
    ///
    /// - Parameters:
    ///   - seed: Chooses everything random.
    ///   - budget: How long the context may be.
    ///   - prose: What surrounds needles and associations; a conversation needs none.
    /// - Returns: The example, with the bytes that hold the answer.
    /// - Throws: `InputError` if prose is missing or the budget too small.
    package func example(seed: UInt64, budget: TextBudget, prose: Prose? = nil) throws -> TaskExample {
        switch self {
        case .retrieval:
            let tasks = [1, 3, 6, 7].map { NeedleTask.ruler[$0] }
            var example = try tasks[Int(seed % UInt64(tasks.count))]
                .example(seed: seed, budget: budget, prose: prose, startsAnywhere: true)
            example.task = rawValue
            example.id = "\(rawValue)-\(budget.limit)-\(seed)"
            return example
        case .association:
            guard let prose else {
                throw InputError(at: rawValue, "sentences need prose to stand in", remedy: "Give the text of an essay.")
            }
            return try Association(seed: seed).example(budget, prose)
        case .memory: return try Conversation(seed: seed).example(budget)
        }
    }
}
