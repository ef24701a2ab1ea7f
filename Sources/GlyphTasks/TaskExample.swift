// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

public import GlyphPage

/// One question over one text, and what answers it.
///
/// Only the context becomes pages; the question stays text. Nothing here knows of pixels or models, so that trainer,
/// search and evaluation ask the same thing.
public struct TaskExample: Sendable, Equatable {
    /// Names the example among all of its task, seed included, so that a resumed run finds it again.
    public var id: String
    /// The task's name, as `niah_single_1`.
    public var task: String
    /// What is said before the long text; may be empty.
    public var instruction: String
    /// The long text.
    public var context: String
    /// What is asked after it.
    public var question: String
    /// What stands around the context where it is text, if a benchmark words that otherwise than for images.
    public var textForm: TextForm?
    /// How an answer begins, for readers that continue a text rather than converse; may be empty.
    public var answerPrefix: String
    /// What a right answer holds; what that means is the metric's business.
    public var expected: [String]
    /// How an answer is scored.
    public var metric: Metric
    /// What the metric needs besides: the classes to choose from, or the prefix an answer must have.
    public var details: [String]
    /// Whether only the first line of an answer counts, as in few-shot tasks, where models go on with more examples.
    public var countsFirstLineOnly: Bool
    /// The bytes of the context that hold the answer, where they are known: for checking citations.
    public var evidence: [SourceRange]

    public init(
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
    public var pagePrompt: String { instruction.isEmpty ? question : instruction + "\n" + question }

    /// Everything as text, for a baseline without pages.
    public var textPrompt: String {
        if let textForm { return textForm.before + context + textForm.after }
        return (instruction.isEmpty ? "" : instruction + "\n") + context + "\n" + question
    }

    /// The score of an answer, from 0 to 1.
    public func score(_ answer: String, chinese: ChineseWords = .characters) -> Double {
        let answer = countsFirstLineOnly ? LongBenchMetric.firstLine(answer) : answer
        return metric.score(answer, expected: expected, details: details, chinese: chinese)
    }

    /// The words before and after a context that is text, separators included.
    public struct TextForm: Sendable, Equatable {
        public var before: String
        public var after: String

        public init(before: String, after: String) {
            self.before = before
            self.after = after
        }
    }
}
