// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage
import GlyphReading
import GlyphTasks
import GlyphTokens
import GlyphTypeset

/// What a small reader is judged by: transcription, needles, lookups, and what it says when a page does not tell.
struct NanoEvaluation {
    /// One line of the table.
    struct Row {
        var name: String
        var count: Int
        /// A share of right answers, or a rate of errors.
        var value: Double
        var interval: Interval
    }

    let reader: any Reader
    let card: ReadingCard
    let look: BenchmarkWay.Look
    let tokenizer: Tokenizer
    let prose: Prose
    /// Items of each row.
    let count: Int
    /// Told every row as it is measured.
    let said: (Row) throws -> Void

    /// Pages that are transcribed hold this many bytes: about two pages of the preset.
    private static let pageBytes = 500

    /// Room for an answer, and for a page that is written down before it.
    private static let answerTokens = 1024

    func run(lengths: [Int]) async throws {
        for task in TranscriptionTask.all { try said(try await transcription(task)) }
        // Of a model that only writes pages down nothing else is claimed.
        guard card.answers else { return }
        for length in lengths {
            for task in NeedleTask.ruler where task.haystack != .needles {
                try said(
                    try await share("\(task.name), \(length) tokens", limit: length) { seed, budget in
                        try task.example(seed: seed, budget: budget, prose: prose, startsAnywhere: true)
                    }
                )
            }
            try said(
                try await share("single needle absent, \(length) tokens", limit: length) { seed, budget in
                    try NeedleTask("niah_single_2", haystack: .essay).with(.absent)
                        .example(seed: seed, budget: budget, prose: prose, startsAnywhere: true)
                }
            )
        }
        try said(
            try await share("lookup on one page", limit: 240) { seed, budget in
                try LookupTask().example(seed: seed, budget: budget, prose: prose)
            }
        )
    }

    private func transcription(_ task: TranscriptionTask) async throws -> Row {
        var counts: [ErrorCount] = []
        for seed in 0..<count {
            let example = try task.example(seed: UInt64(seed), budget: .bytes(Self.pageBytes), prose: prose)
            let (pages, joints) = try await pages(of: example)
            let sampling = Sampling(maximumTokens: Self.pageBytes * 3 / 2, temperature: 0, seed: 0)
            // One page at a time, as it was trained.
            let writing = Transcription(reader, request: example.question, stop: card.stop, joints: joints)
            var read = ""
            do {
                read = try await writing.read(pages, sampling: sampling).text
            } catch let fault as ReadingError where fault.kind == .emptyAnswer {
                // Nothing was read, which counts as an error for every character.
            }
            counts.append(ErrorCount.characters(read: read, written: example.context))
        }
        let sum = counts.reduce(ErrorCount(edits: 0, length: 0), +)
        let interval = Interval.rate(of: counts) ?? Interval(-.infinity, .infinity)
        return Row(
            name: task.name + ", character errors",
            count: count,
            value: sum.rate,
            interval: interval
        )
    }

    private func share(
        _ name: String,
        limit: Int,
        _ example: (UInt64, TextBudget) throws -> TaskExample
    ) async throws -> Row {
        var scores: [Double] = []
        for seed in 0..<count {
            let example = try example(UInt64(seed), .tokens(limit, of: tokenizer))
            let sampling = Sampling(maximumTokens: Self.answerTokens, temperature: 0, seed: 0)
            let (pages, joints) = try await pages(of: example)
            let result = try await WindowedReading(reader, card, joints: joints)
                .read(pages, question: example.question, sampling: sampling)
            scores.append(example.score(result.best?.answer ?? card.absent))
        }
        let (mean, interval) = Interval.estimate(scores) ?? (0, Interval(0, 1))
        return Row(name: name, count: count, value: mean, interval: interval)
    }

    private func pages(of example: TaskExample) async throws -> (pages: [EncodedPage], joints: PageJoints) {
        let drawn = try await BenchmarkPages(SourceText(example.context), look, tokenizer, workers: 2)
        return (drawn.fine.pages, drawn.joints)
    }
}

extension NanoEvaluation.Row {
    /// The row of a Markdown table.
    var markdown: String {
        func percent(_ share: Double) -> String { Summary.decimal(share * 100, 1) + " %" }
        // Of one item alone nothing is known.
        let bounds = [interval.lower, interval.upper]
        let range = bounds.allSatisfy(\.isFinite) ? bounds.map(percent).joined(separator: " – ") : "unknown"
        return "| \(name) | \(count) | \(percent(value)) | \(range) |"
    }
}
