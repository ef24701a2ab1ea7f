// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Foundation
import GlyphAPI
import GlyphDocuments
import GlyphPage
import GlyphReading

extension AskCommand {
    /// The pages of a job as the first pass sees them, or nothing if there are so few that none has to be chosen.
    func drawCoarse(_ job: Job, _ drawn: DrawnJob, _ card: ReadingCard?) async throws -> DrawnJob? {
        guard drawn.pages.count > focus.focusPages else { return nil }
        var coarse = job
        coarse.config = try focus.coarse(job.config)
        let remedy = "Leave it out, or give both passes the same look with --focus-look"
        try card?.check(.look(coarse.config), at: "--strategy focus", remedy: remedy)
        for index in coarse.document.scans.indices {
            coarse.document.scans[index].dpi = FocusLook.coarse(scanDPI: coarse.document.scans[index].dpi)
        }
        // The strings are those of the pages that are read closely.
        var none = facts
        none.facts = .off
        return try await DrawnJob(coarse, facts: none, strict: false, showsProgress: !json)
    }

    /// Reads all pages coarse and then closely those that the question needs.
    func readFocus(_ asked: Asked) async throws -> Reply {
        let fine = FocusReading.Pages(asked.drawn.pages, asked.drawn.spans)
        let coarse = asked.coarse.map { FocusReading.Pages($0.pages, $0.spans) } ?? fine
        var reading = FocusReading(
            asked.reader,
            coarse: coarse,
            fine: fine,
            card: asked.card,
            limits: FocusReading.Limits(
                pages: focus.focusPages,
                window: window ?? asked.mostPages(of: asked.coarse ?? asked.drawn),
                parallel: parallel ?? FocusReading.Limits().parallel
            ),
            facts: asked.ridingFacts,
            isChinese: asked.isChinese
        )
        reading.retrying = { ReadingNotices.sayRetrying($0, $1) }
        var bar = json ? nil : ProgressBar(total: coarse.pages.count)
        defer { bar?.clear() }
        let choice = try await reading.choose(asked.topic, sampling: source.sampling) { done, count in
            let pages = coarse.pages.count * done / max(1, count)
            bar?.show(pages, pages: pages)
        }
        bar?.clear()
        sayChoice(choice, asked)
        var reply = try await readClosely(choice, reading, asked)
        if choice.requests > 0 {
            reply.passes.insert(
                Reply.Pass(
                    "coarse",
                    requests: choice.requests,
                    promptTokens: choice.promptTokens,
                    completionTokens: choice.completionTokens
                ),
                at: 0
            )
        }
        if choice.isFocused {
            let pages = choice.pages.map(String.init).joined(separator: ", ")
            reply.said.insert("read closely: \(pages) of \(fine.pages.count)", at: 0)
        }
        reply.json += [
            ("closePages", choice.pages.map(String.init).jsonArray),
            ("chosen", choice.way.word.jsonLiteral),
            ("coarseVisualTokens", asked.coarse.map { String($0.summary.visualTokens) } ?? "null"),
            ("coarseMilliseconds", Summary.decimal(choice.total.milliseconds, 0)),
        ]
        return reply
    }

    /// What the first pass will see, in words.
    static func describe(_ coarse: DrawnJob) -> String {
        let (pages, tokens) = (coarse.summary.pages, coarse.summary.visualTokens)
        return "First pass: \(Summary.counted(pages, "coarse page")), \(Summary.counted(tokens, "visual token"))\n"
    }

    private func sayChoice(_ choice: FocusReading.Choice, _ asked: Asked) {
        switch choice.way {
        case .named, .scored: return
        case .everything(let because):
            Terminal.say("Note: all pages are read, since \(Terminal.harmless(because, for: STDERR_FILENO))\n")
        }
    }

    private func readClosely(
        _ choice: FocusReading.Choice,
        _ reading: FocusReading,
        _ asked: Asked
    ) async throws -> Reply {
        let second = try reading.second(
            after: choice,
            question: asked.question,
            handingOver: focus.focusWith == .text ? asked.drawn.document.text : nil,
            cites: answer.cite
        )
        switch second {
        case .prompt(let prompt, let sheet): return try await stream(prompt, sheet, pages: choice.pages, asked)
        case .windows(let windows): return try await readWindows(asked, windows)
        case .everything: return asked.holdsAll ? try await readWhole(asked) : try await readWindows(asked)
        }
    }
}
