// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphAPI
import GlyphHTTP
import GlyphPage
import GlyphReading

/// A document, how it shall look, and what is asked about it: what `/v1/ask` and jobs have in common.
///
/// | field | meaning |
/// |---|---|
/// | `question` | what to ask; a task may do without |
/// | `task` | one of the tasks that ship, whose prompt is asked |
/// | `model`, `max_tokens`, `temperature`, `seed` | as OpenAI has them |
/// | `strategy`, `window`, `combine` | as `Division` has them |
/// | `focus_pages` | the most pages that are read closely |
/// | `cite` | whether to tell the places of the document that the answer rests on |
/// | `compare` | whether a reader of text is asked the same |
struct ReadingOrder: Sendable {
    var intake: DocumentIntake
    var look: Look
    var question: String
    var task: String?
    var sampling: Sampling
    var model: String?
    var division: Division
    var focusPages: Int
    var cites: Bool
    var compares: Bool

    init(_ fields: inout JSONFields, _ intake: DocumentIntake, _ look: Look, _ limits: ServiceLimits) throws {
        (self.intake, self.look) = (intake, look)
        let text = try fields.text("question", atMost: 100_000) ?? ""
        question = text.contains { !$0.isWhitespace } ? text : ""
        if let name = try fields.text("task", atMost: 80) {
            // Only by name: a path would let a client look at this machine's files.
            let known = try TaskLibrary.all(.english).map(\.name)
            guard known.contains(name) else {
                throw InputError(
                    at: fields.location("task"),
                    "\"\(name)\" is unknown",
                    expected: known.joined(separator: ", ")
                )
            }
            task = name
        }
        guard task != nil || !question.isEmpty else {
            throw InputError(at: fields.location("question"), "is missing or empty", expected: "a question")
        }
        let temperature = try fields.optionalNumber("temperature") ?? 0
        guard temperature <= 2 else {
            throw InputError(at: fields.location("temperature"), "is \(temperature)", expected: "0 to 2")
        }
        sampling = Sampling(
            maximumTokens: try fields.int("max_tokens", in: 1...limits.answerTokens, default: 1024),
            temperature: temperature,
            seed: try fields.optionalInt("seed", in: Int(Int32.min)...Int(Int32.max))
        )
        model = try fields.text("model", atMost: 400)
        division = try Division(&fields, limits)
        if task == TaskLibrary.transcription, division.combination == .auto { division.combination = .all }
        focusPages = try fields.int("focus_pages", in: 1...limits.pages, default: FocusReading.Limits().pages)
        cites = try fields.bool("cite", default: false)
        compares = try fields.bool("compare", default: false)
        _ = try prompt(.english, at: fields.location("question"))
    }

    /// What the reader is asked about a document.
    func prompt(for document: DrawnDocument) throws -> String {
        try prompt(.init(question: question.isEmpty ? nil : question, document: document.text), at: "question")
    }

    private func prompt(_ language: TaskLibrary.Language, at location: String) throws -> String {
        guard let task else { return question }
        do {
            return try TaskLibrary.task(task, language).prompt(question: question.isEmpty ? nil : question)
        } catch var fault as InputError {
            fault.location = location
            fault.remedy = nil
            throw fault
        }
    }

    /// What a list of jobs shows of it.
    var title: String {
        [task.map { "[\($0)]" }, question.isEmpty ? nil : question].compactMap(\.self).joined(separator: " ")
    }
}
