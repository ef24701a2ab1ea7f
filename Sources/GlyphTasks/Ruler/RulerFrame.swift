// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage

/// What one RULER example is made with: its seed, its length, and how they become an example.
struct RulerFrame {
    let task: RulerTask
    let seed: UInt64
    let budget: TextBudget

    /// What is not context: prompt, beginning of the answer, and the answer itself.
    func reserve(_ example: TaskExample) -> Int {
        let form =
            example.textForm ?? TaskExample.TextForm(before: example.instruction + "\n", after: "\n" + example.question)
        let prompt = budget.length(of: form.before) + budget.length(of: form.after + " " + example.answerPrefix)
        // Without a tokenizer, four bytes stand for a token of the answer; with one, tokens at the seams may differ.
        return prompt + (budget.tokenizer == nil ? task.answerTokens * 4 : task.answerTokens + 2)
    }

    /// An example without its context; `around` stands between instruction, a context that is text, and question.
    func example(
        instruction: String,
        question: String,
        answerPrefix: String,
        around: (String, String) = ("\n", "\n"),
        expected: [String],
        metric: Metric = .matchesAll
    ) -> TaskExample {
        TaskExample(
            id: "\(task.name)-\(budget.limit)-\(seed)",
            task: task.name,
            instruction: instruction,
            context: "",
            question: question,
            textForm: TaskExample.TextForm(before: instruction + around.0, after: around.1 + question),
            answerPrefix: answerPrefix,
            expected: expected,
            metric: metric
        )
    }

    /// What is left for the context.
    func room(for example: TaskExample) -> TextBudget {
        var room = budget
        room.limit -= reserve(example)
        return room
    }

    /// The error for a budget that holds not even the smallest context.
    func tooShort() -> InputError {
        InputError(
            at: task.name,
            "\(budget.limit) \(budget.unit) are too few for prompt, answer and the smallest context",
            remedy: "Allow a longer context."
        )
    }
}
