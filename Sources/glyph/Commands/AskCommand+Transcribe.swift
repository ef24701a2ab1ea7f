// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphDocuments
import GlyphPage
import GlyphReading

extension AskCommand {
    /// Has a model write down one window after the other, in the words that it was trained on; no letter is put right
    /// from the text, so what is shown is what was read.
    ///
    /// - Parameters:
    ///   - asked: What is read.
    ///   - card: How the model wants to be read with.
    ///   - request: What it is asked for every window.
    /// - Returns: What was written, with the white space of the text between pages, which none of them shows.
    /// - Throws: The first failure of the reader, `CancellationError`.
    func transcribe(_ asked: Asked, _ card: ReadingCard, _ request: String) async throws -> Reply {
        let window = window ?? card.window
        let count = asked.drawn.pages.count
        var bar = json ? nil : ProgressBar(total: count)
        defer { bar?.clear() }
        var reading = Transcription(
            asked.reader,
            request: request,
            window: window,
            parallel: parallel ?? 16,
            stop: card.stop,
            joints: PageJoints(asked.drawn.document.text, asked.drawn.spans)
        )
        reading.retrying = { ReadingNotices.sayRetrying($0, $1) }
        let (text, result) = try await reading.read(asked.drawn.pages, sampling: source.sampling) { done, _ in
            bar?.show(min(count, done * window), pages: min(count, done * window))
        }
        bar?.clear()
        var reply = Reply(text: text, pages: Array(1...max(1, count)))
        reply.passes = [Reply.Pass(result)]
        reply.said = ["written down by the model, page by page", Summary.counted(count, "page")]
        reply.said += result.promptTokens.map { [Summary.counted($0, "prompt token")] } ?? []
        reply.said.append("total \(Summary.time(result.total.milliseconds))")
        reply.json = [
            ("windows", String(result.findings.count)), ("windowsCut", String(result.cut.count)),
            ("finishReason", (result.cut.first?.finishReason ?? .stop).description.jsonLiteral),
            ("answerMilliseconds", Summary.decimal(result.total.milliseconds, 0)),
        ]
        reply.warning = CutNotice(limit: source.maxTokens, quote: nil).text(result.cut, of: result.findings.count)
        return reply
    }
}
