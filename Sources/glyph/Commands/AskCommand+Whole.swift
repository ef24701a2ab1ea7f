// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Foundation
import GlyphAPI
import GlyphPage
import GlyphReading

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
        return try await stream(prompt, sheet, pages: Array(all), asked)
    }

    /// Sends one prompt and shows the answer as it is written.
    func stream(
        _ prompt: PagePrompt,
        _ sheet: FactBook.Sheet?,
        pages: [Int],
        _ asked: Asked
    ) async throws -> Reply {
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
                    ReadingNotices.sayRetrying(pause, cause)
                case .finished(let reading):
                    try add(corrector.finish())
                    var reply = Reply(text: text, prompt: prompt, pages: pages, isPrinted: streams)
                    reply.corrections = corrector.corrections
                    reply.listedFacts = sheet?.listed ?? 0
                    describe(reading, &reply)
                    let riding = DrawnJob.riding(sheet?.listed ?? 0, leftOut: sheet?.leftOut ?? 0)
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
        let usage = reading.usage
        reply.passes = [Reply.Pass(reading, "answer")]
        let first = reading.timeToFirstToken?.milliseconds
        if let prompt = usage?.promptTokens { reply.said.append(Summary.counted(prompt, "prompt token")) }
        if let written = usage?.completionTokens { reply.said.append(Summary.counted(written, "answer token")) }
        if let first { reply.said.append("first token after \(Summary.time(first))") }
        reply.said.append("total \(Summary.time(reading.total.milliseconds))")
        reply.json = [
            ("finishReason", reading.finishReason.description.jsonLiteral),
            ("model", reading.model?.jsonLiteral ?? "null"),
            ("firstTokenMilliseconds", first.map { Summary.decimal($0, 0) } ?? "null"),
            ("answerMilliseconds", Summary.decimal(reading.total.milliseconds, 0)),
        ]
        // A model with a card never reads in one prompt.
        let notice = CutNotice(limit: source.maxTokens, quote: nil)
        reply.warning = notice.text(reading.finishReason, written: usage?.completionTokens)
    }
}
