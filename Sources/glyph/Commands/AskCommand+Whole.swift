// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Foundation
import GlyphAPI
import GlyphPage
import GlyphReading

/// All that a strategy needs to know.
struct Asked: Sendable {
    var reader: any Reader
    /// What the model's folder says about reading with it; such models answer and do nothing else.
    var card: ReadingCard?
    var drawn: DrawnDocument
    var task: TaskTemplate?
    /// What is asked, in full.
    var question: String
    var isChinese: Bool
    var isJSON: Bool
    var schema: JSONSchema?
    /// The strings that ride beside pages.
    var ridingFacts: FactBook?

    /// What is added so that pages are cited; a model with a card could not follow it.
    func citing(_ pages: ClosedRange<Int>, _ cite: Bool) -> String {
        cite && card == nil ? CitedAnswer.instruction(pages: pages, isChinese: isChinese) : ""
    }
}

/// What a strategy came back with.
struct Reply: Sendable {
    /// The reader's words, exact strings put right.
    var text: String
    /// What they answered, if it can be asked once more.
    var prompt: PagePrompt?
    /// The pages that it was read from.
    var pages: [Int]
    var citations: [CitedAnswer.Citation] = []
    var corrections: [FactCorrector.Correction] = []
    var listedFacts = 0
    var promptTokens: Int?
    var completionTokens: Int?
    /// Whether the text is on standard output already.
    var isPrinted = false
    /// Whether the answer is that there is none.
    var isAbsent = false
    /// What is said about the reading, for people and for programs.
    var said: [String] = []
    var json: [(key: String, json: String)] = []
    var warning: String?
}

extension AskCommand {
    /// Shows the reader all pages in one prompt.
    func readWhole(_ asked: Asked) async throws -> Reply {
        let total = asked.drawn.summary.pages
        let all = 1...max(1, total)
        let sheet = asked.ridingFacts?.sheet(for: all, question: asked.question)
        let prompt = try PagePrompt(
            pages: asked.drawn.pages,
            total: total,
            question: asked.question + asked.citing(all, answer.cite),
            facts: sheet?.text
        )
        let streams = !json && !answer.cite && !asked.isJSON
        var corrector = FactCorrector(asked.drawn.facts.facts, correctsNumbers: asked.card != nil)
        var text = ""
        func add(_ piece: String) throws {
            text += piece
            if streams { try Terminal.write(Terminal.harmless(piece, for: STDOUT_FILENO)) }
        }
        do {
            for try await event in asked.reader.read(ReadingRequest(prompt: prompt, sampling: source.sampling)) {
                switch event {
                case .text(let piece): try add(corrector.next(piece))
                case .reasoning(let piece):
                    if reasoning { Terminal.say(Terminal.harmless(piece, for: STDERR_FILENO)) }
                case .retrying(let pause, let cause):
                    Terminal.say("\(cause)\nTrying again in \(Summary.time(pause.milliseconds)) …\n")
                case .finished(let reading):
                    try add(corrector.finish())
                    var reply = Reply(text: text, prompt: prompt, pages: Array(all), isPrinted: streams)
                    reply.corrections = corrector.corrections
                    reply.listedFacts = sheet?.listed ?? 0
                    describe(reading, &reply)
                    let riding = DrawnDocument.riding(sheet?.listed ?? 0, leftOut: sheet?.leftOut ?? 0)
                    reply.said += riding.map { [$0] } ?? []
                    return reply
                }
            }
        } catch let fault as ReadingError {
            try add(corrector.finish())
            // After half an answer the message starts on its own line.
            if streams, !text.isEmpty { try Terminal.write("\n") }
            throw fault
        }
        throw CancellationError()
    }

    private func describe(_ reading: ReadingSummary, _ reply: inout Reply) {
        reply.promptTokens = reading.usage?.promptTokens
        reply.completionTokens = reading.usage?.completionTokens
        let first = reading.timeToFirstToken?.milliseconds
        if let prompt = reply.promptTokens { reply.said.append(Summary.counted(prompt, "prompt token")) }
        if let written = reply.completionTokens { reply.said.append(Summary.counted(written, "answer token")) }
        if let first { reply.said.append("first token after \(Summary.time(first))") }
        reply.said.append("total \(Summary.time(reading.total.milliseconds))")
        reply.json = [
            ("finishReason", reading.finishReason.description.jsonLiteral),
            ("model", reading.model?.jsonLiteral ?? "null"),
            ("firstTokenMilliseconds", first.map { Summary.decimal($0, 0) } ?? "null"),
            ("answerMilliseconds", Summary.decimal(reading.total.milliseconds, 0)),
        ]
        if reading.finishReason == .length {
            reply.warning = "The answer was cut at \(source.maxTokens) tokens; raise --max-tokens for more."
        }
    }
}
