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
        var card = asked.card ?? ReadingCard(preset: "", window: 8, absent: asked.isChinese ? "未提及" : "NOT FOUND")
        if asked.card == nil { card.window = min(card.window, asked.window(of: asked.drawn) ?? card.window) }
        card.window = window ?? card.window
        let (cite, absent) = (answer.cite, card.absent)
        let joints = PageJoints(asked.drawn.document.text, asked.drawn.spans)
        let reading = WindowedReading(asked.reader, card, facts: asked.ridingFacts, joints: joints) { window in
            guard asked.card == nil else { return "" }
            let phrase =
                asked.isChinese
                ? "\n\n这些页面只是文档的一部分。如果它们没有任何相关内容，只回答：\(absent)"
                : "\n\nThese pages are a part of the document. If they say nothing about it, answer only: \(absent)"
            return phrase + asked.citing(window, cite)
        }
        var bar = json ? nil : ProgressBar(total: count)
        defer { bar?.clear() }
        let result = try await reading.read(
            pages,
            windows: windows,
            question: asked.question,
            sampling: source.sampling
        ) { done, _ in bar?.show(min(count, done * card.window), pages: min(count, done * card.window)) }
        bar?.clear()
        var reply = Reply(
            text: result.best?.answer ?? absent,
            pages: Array(result.best?.pages ?? 1...max(1, pages.count))
        )
        reply.isAbsent = result.best == nil
        reply.passes = [Reply.Pass(result)]
        reply.listedFacts = result.facts.listed
        let found = result.findings.filter { !$0.isAbsent }
        let joins =
            combine == .notes || combine == .auto && asked.card == nil && asked.task.map { $0.name != "qa" } ?? false
        if joins, found.count > 1 { try await join(found, asked, &reply) }
        correct(&reply, asked)
        let place = result.best.map {
            $0.pages.count == 1 ? "\($0.pages.lowerBound)" : "\($0.pages.lowerBound)-\($0.pages.upperBound)"
        }
        reply.said = [
            joins && found.count > 1
                ? "joined from \(Summary.counted(found.count, "window"))"
                : place.map { "read on page\($0.contains("-") ? "s" : "") \($0) of \(pages.count)" }
                    ?? "no page has an answer",
            Summary.counted(result.findings.count, "window"),
        ]
        // Some servers do not tell.
        if let tokens = reply.promptTokens, tokens > 0 { reply.said.append(Summary.counted(tokens, "prompt token")) }
        reply.said.append("total \(Summary.time(result.total.milliseconds))")
        let riding = DrawnDocument.riding(result.facts.listed, leftOut: result.facts.leftOut)
        reply.said += riding.map { [$0] } ?? []
        reply.json = [
            ("found", result.best == nil ? "false" : "true"), ("answerPages", place?.jsonLiteral ?? "null"),
            ("windows", String(result.findings.count)), ("windowsWithAnswer", String(found.count)),
            ("answerMilliseconds", Summary.decimal(result.total.milliseconds, 0)),
        ]
        if let best = result.best, reply.prompt == nil {
            reply.prompt = try PagePrompt(
                pages: Array(pages[best.pages.lowerBound - 1..<best.pages.upperBound]),
                total: pages.count,
                window: best.pages,
                question: asked.question,
                facts: asked.ridingFacts?.sheet(for: best.pages, question: asked.question)?.text
            )
        }
        return reply
    }

    /// Reads the notes of the windows; quotations are looked up before, in the pages that each window saw.
    private func join(_ found: [WindowedReading.Finding], _ asked: Asked, _ reply: inout Reply) async throws {
        var notes = found
        if answer.cite {
            let finder = QuoteFinder(asked.drawn.document.text, pages: asked.drawn.spans)
            for index in notes.indices {
                let cited = CitedAnswer(reply: notes[index].answer, finder: finder, pages: Array(notes[index].pages))
                notes[index].answer = cited.answer
                reply.citations += cited.citations
            }
        }
        let prompt = try WindowedReading.secondReading(of: notes, question: asked.question)
        let joined = try await asked.reader.answer(to: ReadingRequest(prompt: prompt, sampling: source.sampling))
        reply.text = joined.text.trimmingCharacters(in: .whitespacesAndNewlines)
        reply.prompt = prompt
        reply.pages = found.flatMap { Array($0.pages) }
        reply.passes.append(Reply.Pass(joined.summary, "notes"))
    }

    /// Puts exact strings right that stand on the pages of the reply.
    func correct(_ reply: inout Reply, _ asked: Asked) {
        let facts = reply.pages.flatMap { Array(asked.drawn.facts.facts(onPage: $0)) }
        var corrector = FactCorrector(facts, correctsNumbers: asked.card != nil)
        reply.text = corrector.next(reply.text) + corrector.finish()
        reply.corrections = corrector.corrections
    }
}
