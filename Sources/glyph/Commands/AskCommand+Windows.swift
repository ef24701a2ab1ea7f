// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import ArgumentParser
import Foundation
import GlyphPage
import GlyphReading

/// How a document is divided for the reader.
enum ReadingStrategy: String, ExpressibleByArgument, CaseIterable {
    /// As the model's folder says; otherwise whole.
    case auto
    case whole
    case windowed
}

extension AskCommand {
    /// Reads a few pages at a time, and says where the answer was found.
    func askWindows(
        _ reader: any Reader,
        _ card: ReadingCard?,
        _ pages: [EncodedPage],
        _ summary: Summary
    ) async throws {
        let base = card ?? ReadingCard(preset: "", window: 8, absent: "")
        let card = ReadingCard(preset: base.preset, window: window ?? base.window, absent: base.absent)
        var bar = json ? nil : ProgressBar(total: pages.count)
        let result: WindowedReading.Result
        do {
            result = try await WindowedReading(reader, card).read(
                pages,
                question: question,
                sampling: Sampling(maximumTokens: maxTokens, temperature: temperature, seed: seed)
            ) { done, count in
                bar?.show(min(pages.count, done * card.window), pages: min(pages.count, done * card.window))
            }
        } catch let fault as ReadingError {
            bar?.clear()
            throw withRemedy(fault)
        }
        bar?.clear()
        let answer = result.best?.answer ?? card.absent
        let place = result.best.map {
            $0.pages.count == 1 ? "\($0.pages.lowerBound)" : "\($0.pages.lowerBound)-\($0.pages.upperBound)"
        }
        if json {
            try Terminal.print(
                summary.json([
                    ("answer", answer.jsonLiteral), ("found", result.best == nil ? "false" : "true"),
                    ("answerPages", place?.jsonLiteral ?? "null"),
                    ("windows", String(result.findings.count)),
                    ("windowsWithAnswer", String(result.findings.count { !$0.isAbsent })),
                    ("promptTokens", String(result.promptTokens)),
                    ("completionTokens", String(result.completionTokens)),
                    ("answerMilliseconds", Summary.decimal(result.total.milliseconds, 0)),
                ])
            )
            return
        }
        try Terminal.write(Terminal.harmless(answer, for: STDOUT_FILENO) + "\n")
        var facts = [place.map { "read on page \($0) of \(pages.count)" } ?? "no page has an answer"]
        facts.append(Summary.counted(result.findings.count, "window"))
        facts.append("\(Summary.counted(result.promptTokens, "prompt token"))")
        facts.append("total \(Summary.time(result.total.milliseconds))")
        Terminal.say("\n" + facts.joined(separator: ", ") + "\n")
    }
}
