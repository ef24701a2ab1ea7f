// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Foundation
import GlyphAPI
import GlyphDocuments
import GlyphPage
import GlyphReading

extension AskCommand {
    /// Reads a few pages at a time, all of them or only some windows, and says where the answer was found.
    func readWindows(_ asked: Asked, _ windows: [ClosedRange<Int>]? = nil) async throws -> Reply {
        let pages = asked.drawn.pages
        let count = windows.map { $0.map(\.count).reduce(0, +) } ?? pages.count
        var reading = asked.dividing
        reading.window = window
        if let parallel { reading.parallel = parallel }
        let transcribes = asked.task?.name == TaskLibrary.transcription
        reading.combination = transcribes && combine == .auto ? .all : combine
        if answer.cite, asked.card == nil {
            reading.finder = QuoteFinder(asked.drawn.document.text, pages: asked.drawn.spans)
        }
        var bar = json ? nil : ProgressBar(total: count)
        defer { bar?.clear() }
        let read = try await reading.read(
            pages,
            windows: windows,
            question: asked.question,
            sampling: source.sampling
        ) { done, all in
            bar?.show(count * done / max(1, all), pages: count * done / max(1, all))
        } report: { event in
            if case .retrying(let pause, let cause) = event { ReadingNotices.sayRetrying(pause, cause) }
        }
        bar?.clear()
        return reply(read, asked)
    }

    private func reply(_ read: DividedReading.Outcome, _ asked: Asked) -> Reply {
        var reply = Reply(text: read.answer, pages: read.isAbsent ? asked.drawn.pages.map(\.number) : read.pages)
        (reply.isAbsent, reply.prompt, reply.citations) = (read.isAbsent, read.prompt, read.citations)
        reply.passes = [Reply.Pass(read.windows)]
        if read.notes.requests > 0 {
            reply.passes.append(
                Reply.Pass(
                    "notes",
                    requests: read.notes.requests,
                    promptTokens: read.notes.promptTokens,
                    completionTokens: read.notes.completionTokens
                )
            )
        }
        reply.listedFacts = read.windows.facts.listed
        let corrected = asked.drawn.corrector(asked.card).corrected(read)
        (reply.text, reply.corrections, reply.unfound) = (corrected.text, corrected.corrections, corrected.unfound)
        let place = read.joined > 0 ? nil : read.windows.best?.pages
        let count = Summary.counted(read.windows.findings.count, "window")
        let files = read.windows.best.flatMap { asked.drawn.files(on: $0.pages) }.map { " (\($0))" } ?? ""
        reply.said =
            read.joined > 0
            ? ["joined from \(read.joined) of \(count)"]
            : [
                place.map { "read on \(Summary.pages($0)) of \(asked.drawn.pages.count)\(files)" }
                    ?? "no page has an answer",
                count,
            ]
        // Some servers do not tell.
        if let tokens = reply.promptTokens { reply.said.append(Summary.counted(tokens, "prompt token")) }
        reply.said.append("total \(Summary.time(read.total.milliseconds))")
        let riding = DrawnJob.riding(read.windows.facts.listed, leftOut: read.windows.facts.leftOut)
        reply.said += riding.map { [$0] } ?? []
        reply.unanswered = asked.drawn.corrector(asked.card).corrected(read.windows.unanswered)
        reply.json = [
            ("found", read.isAbsent ? "false" : "true"),
            ("answerPages", place.map { Summary.range($0).jsonLiteral } ?? "null"),
            ("windows", String(read.windows.findings.count)),
            ("windowsWithAnswer", String(read.windows.findings.count { !$0.isAbsent })),
            ("windowsCut", String(read.windows.cut.count)),
            ("finishReason", read.finishReason.description.jsonLiteral),
            ("answerMilliseconds", Summary.decimal(read.total.milliseconds, 0)),
        ]
        let notice = CutNotice(limit: source.maxTokens, quote: asked.card?.quote)
        reply.warning = notice.text(read)
        return reply
    }

    /// Puts exact strings right that stand on the pages of the reply.
    func correct(_ reply: inout Reply, _ asked: Asked) {
        let corrected = asked.drawn.corrector(asked.card).corrected(reply.text, onPages: reply.pages)
        (reply.text, reply.corrections) = (corrected.text, corrected.corrections)
    }
}
