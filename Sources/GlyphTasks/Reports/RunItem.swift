// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

/// What came of one example with one reader, strategy and rendering configuration: a line of a result file.
package struct RunItem: Sendable, Equatable {
    /// Whether there is an answer; a failure has no score, not even 0.
    package enum Outcome: Sendable, Equatable {
        /// The reader answered, and that is how well.
        case answered(text: String, score: Double)
        /// There is no answer, and why: a refused request, a timeout, a page that lost text.
        case failed(reason: String)
    }

    /// What identifies an item: an item done is not done again when a run goes on.
    package struct Key: Sendable, Hashable {
        package var reader: String
        package var strategy: String
        package var config: String
        package var example: String

        package init(reader: String, strategy: String, config: String, example: String) {
            self.reader = reader
            self.strategy = strategy
            self.config = config
            self.example = example
        }
    }

    package var key: Key
    /// The task's name.
    package var task: String
    package var outcome: Outcome
    /// Character errors, where the task is to transcribe.
    package var errors: ErrorCount?
    /// Word errors, beside those.
    package var wordErrors: ErrorCount?
    /// Text tokens of the context.
    package var contextTokens: Int
    /// Tokens that stood for it, over all passes: visual tokens, and text handed over instead of pages.
    package var spentTokens: Int
    /// Seconds the reader took.
    package var seconds: Double

    package init(
        key: Key,
        task: String,
        outcome: Outcome,
        errors: ErrorCount? = nil,
        contextTokens: Int,
        spentTokens: Int,
        seconds: Double
    ) {
        self.key = key
        self.task = task
        self.outcome = outcome
        self.errors = errors
        self.contextTokens = contextTokens
        self.spentTokens = spentTokens
        self.seconds = seconds
    }
}
