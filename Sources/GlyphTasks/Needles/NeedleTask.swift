// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

/// What needles are hidden in.
package enum Haystack: String, Sendable, CaseIterable {
    /// The same five short sentences on every line.
    case noise
    /// Running text given by the caller; needles stand between its sentences.
    case essay
    /// Needles with other keys, one on each line.
    case needles
}

/// Whether the question admits that the answer is not there.
package enum NeedlePresence: String, Sendable, CaseIterable {
    /// The answer is there, and the question does not speak of it: RULER as published.
    case assured
    /// The answer is there; the question says what to answer if it were not.
    case present
    /// What is asked is not there; the question is worded as for `present`.
    case absent
}

/// A needle task: keys with values hidden in a haystack, and a question about some of the keys.
///
/// The named ones are RULER's (Hsieh et al. 2024, arXiv:2404.06654; `scripts/synthetic.yaml` of NVIDIA/RULER). The
/// wording of needles, questions and noise is RULER's, because scores are only comparable with the same words.
package struct NeedleTask: Sendable, Equatable {
    package var name: String
    package var haystack: Haystack
    package var keys: NeedleKind
    package var values: NeedleKind
    /// Keys hidden in the context.
    package var keyCount: Int
    /// Values of each key.
    package var valueCount: Int
    /// Keys asked for at once.
    package var queryCount: Int
    package var presence: NeedlePresence

    /// A task; at least as many keys are hidden as are asked for.
    package init(
        _ name: String,
        haystack: Haystack,
        keys: NeedleKind = .words,
        values: NeedleKind = .numbers,
        keyCount: Int = 1,
        valueCount: Int = 1,
        queryCount: Int = 1,
        presence: NeedlePresence = .assured
    ) {
        self.name = name
        self.haystack = haystack
        self.keys = keys
        self.values = values
        self.queryCount = max(queryCount, 1)
        self.keyCount = max(keyCount, self.queryCount)
        self.valueCount = max(valueCount, 1)
        self.presence = presence
    }

    /// RULER's eight.
    package static let ruler: [NeedleTask] = [
        NeedleTask("niah_single_1", haystack: .noise),
        NeedleTask("niah_single_2", haystack: .essay),
        NeedleTask("niah_single_3", haystack: .essay, values: .uuids),
        NeedleTask("niah_multikey_1", haystack: .essay, keyCount: 4),
        NeedleTask("niah_multikey_2", haystack: .needles),
        NeedleTask("niah_multikey_3", haystack: .needles, keys: .uuids, values: .uuids),
        NeedleTask("niah_multivalue", haystack: .essay, valueCount: 4),
        NeedleTask("niah_multiquery", haystack: .essay, queryCount: 4),
    ]

    /// The same task with another presence, named so that results are not mixed up.
    package func with(_ presence: NeedlePresence) -> NeedleTask {
        var task = self
        task.presence = presence
        if presence != .assured { task.name += "_" + presence.rawValue }
        return task
    }

    /// What to answer about a key that is not in the text.
    package static let absentAnswer = "The text does not say."
}
