// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

package import GlyphPage

/// One question over one text, and what answers it.
///
/// Only the context becomes pages; the question stays text. Nothing here knows of pixels or models, so that trainer,
/// search and evaluation ask the same thing.
package struct TaskExample: Sendable, Equatable {
    /// Names the example among all of its task, seed included, so that a resumed run finds it again.
    package var id: String
    /// The task's name, as `niah_single_1`.
    package var task: String
    /// What is said before the long text; may be empty.
    package var instruction: String
    /// The long text.
    package var context: String
    /// What is asked after it.
    package var question: String
    /// What stands around the context where it is text, if a benchmark words that otherwise than for images.
    package var textForm: TextForm?
    /// How an answer begins, for readers that continue a text rather than converse; may be empty.
    package var answerPrefix: String
    /// What a right answer holds; what that means is the metric's business.
    package var expected: [String]
    /// How an answer is scored.
    package var metric: Metric
    /// What the metric needs besides: the classes to choose from, or the prefix an answer must have.
    package var details: [String]
    /// Whether only the first line of an answer counts, as in few-shot tasks, where models go on with more examples.
    package var countsFirstLineOnly: Bool
    /// The bytes of the context that hold the answer, where they are known: for checking citations.
    package var evidence: [SourceRange]

    package init(
        id: String,
        task: String,
        instruction: String = "",
        context: String,
        question: String,
        textForm: TextForm? = nil,
        answerPrefix: String = "",
        expected: [String],
        metric: Metric,
        details: [String] = [],
        countsFirstLineOnly: Bool = false,
        evidence: [SourceRange] = []
    ) {
        self.id = id
        self.task = task
        self.instruction = instruction
        self.context = context
        self.question = question
        self.textForm = textForm
        self.answerPrefix = answerPrefix
        self.expected = expected
        self.metric = metric
        self.details = details
        self.countsFirstLineOnly = countsFirstLineOnly
        self.evidence = evidence
    }

    /// The text that goes with the pages of the context: instruction and question.
    package var pagePrompt: String { instruction.isEmpty ? question : instruction + "\n" + question }

    /// Everything as text, for a baseline without pages.
    package var textPrompt: String {
        if let textForm { return textForm.before + context + textForm.after }
        return (instruction.isEmpty ? "" : instruction + "\n") + context + "\n" + question
    }

    /// The score of an answer, from 0 to 1.
    package func score(_ answer: String, chinese: ChineseWords = .characters) -> Double {
        let answer = countsFirstLineOnly ? LongBenchMetric.firstLine(answer) : answer
        return metric.score(answer, expected: expected, details: details, chinese: chinese)
    }

    /// The words before and after a context that is text, separators included.
    package struct TextForm: Sendable, Equatable {
        package var before: String
        package var after: String

        package init(before: String, after: String) {
            self.before = before
            self.after = after
        }
    }
}
