// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphAPI
import GlyphPage
import GlyphReading

extension ServedReader {
    /// Takes what happens while something is read.
    typealias Emit = (DocumentEvent) -> Void

    /// Reads a prompt as it is.
    func read(_ request: ReadingRequest, _ emit: Emit) async throws -> DocumentSummary {
        for try await event in reader.read(request) {
            switch event {
            case .text(let piece): emit(.text(piece))
            case .reasoning(let piece): emit(.reasoning(piece))
            case .retrying(let pause, let cause): emit(.retrying(after: pause, because: cause))
            case .finished(let summary): return DocumentSummary(reading: summary)
            }
        }
        throw CancellationError()
    }

    /// Reads all pages in one prompt or, if the reader's card wants that, a few at a time.
    ///
    /// - Parameters:
    ///   - pages: All pages, in order from 1.
    ///   - question: What to ask.
    ///   - sampling: How the answer is written.
    ///   - facts: The document's exact strings, which what a reader of windows says is compared with.
    ///   - joints: What stands between the pages, if they are of one document.
    ///   - emit: Told what happens, up to the end.
    /// - Returns: What is known at the end.
    /// - Throws: What the reader throws, `InputError` for pages with a gap and an empty question, `CancellationError`.
    func read(
        _ pages: [EncodedPage],
        question: String,
        sampling: Sampling,
        facts: FactBook?,
        joints: PageJoints?,
        _ emit: Emit
    ) async throws -> DocumentSummary {
        if let card { return try await read(pages, nil, card, question, sampling, facts, joints, emit) }
        let prompt = try PagePrompt(pages: pages, total: pages.count, question: question)
        return try await read(ReadingRequest(prompt: prompt, sampling: sampling), emit)
    }

    /// Reads windows of pages, all of them or those that were chosen.
    func read(
        _ pages: [EncodedPage],
        _ windows: [ClosedRange<Int>]?,
        _ card: ReadingCard,
        _ question: String,
        _ sampling: Sampling,
        _ facts: FactBook?,
        _ joints: PageJoints?,
        _ emit: Emit
    ) async throws -> DocumentSummary {
        let reading = WindowedReading(reader, card, facts: card.facts ? facts : nil, joints: joints)
        let result = try await reading.read(
            pages,
            windows: windows,
            question: question,
            sampling: sampling
        ) { emit(.windows(done: $0, count: $1)) }
        let shown = result.best.map { Array($0.pages) } ?? []
        var corrector = FactCorrector(shown.flatMap { facts?.facts(onPage: $0) ?? [] }, correctsNumbers: true)
        emit(.text(corrector.next(result.best?.answer ?? card.absent) + corrector.finish()))
        let summary = ReadingSummary(
            finishReason: .stop,
            usage: Usage(promptTokens: result.promptTokens, completionTokens: result.completionTokens),
            total: result.total
        )
        let place = WindowFacts(
            count: result.findings.count,
            found: result.best != nil,
            pages: result.best.map { [$0.pages.lowerBound, $0.pages.upperBound] }
        )
        return DocumentSummary(reading: summary, windows: place)
    }
}
