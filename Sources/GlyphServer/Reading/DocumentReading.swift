// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphAPI
import GlyphPage
import GlyphReading

/// Pages, and what is asked about them.
struct PageQuestion: Sendable {
    /// All pages, in order from 1.
    var pages: [EncodedPage]
    /// The windows to read; nil divides all pages.
    var windows: [ClosedRange<Int>]?
    var question: String
    var sampling: Sampling
    var division: Division
    /// Visual tokens of all pages.
    var visualTokens: Int
    /// The document's exact strings.
    var facts: FactBook?
    /// Puts right what a reader with a card says.
    var corrector: AnswerCorrector?
    /// What stands between the pages, if they are of one document.
    var joints: PageJoints?
    /// Looks quotations up, where they are asked for.
    var finder: QuoteFinder?
    var isChinese: Bool
    var countTokens: @Sendable (String) -> Int
    /// Told, from wherever it is read, that a request has to be sent again.
    var retrying: RetryNotice = { _, _ in }
}

extension ServedReader {
    /// Takes what happens while something is read.
    typealias Emit = (DocumentEvent) -> Void
    /// Reads something, and tells what happens and that a request has to be sent again.
    typealias Work = @Sendable (_ emit: Emit, _ retrying: @escaping RetryNotice) async throws -> Void

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

    /// Reads pages in one prompt, or a few at a time: as is asked for, as the reader's card wants, or as they fit.
    ///
    /// - Parameters:
    ///   - asked: The pages and the question.
    ///   - emit: Told what happens, up to the end.
    /// - Returns: What is known at the end.
    /// - Throws: What the reader throws, `InputError` for pages that do not fit and an empty question,
    ///   `CancellationError`.
    func read(_ asked: PageQuestion, _ emit: Emit) async throws -> DocumentSummary {
        let isWhole = asked.division.strategy == .whole
        let fits = try await holdsAll(asked, isRequired: isWhole)
        if isWhole || card == nil && asked.division.strategy == .auto && fits {
            let citing =
                asked.finder == nil
                ? "" : CitedAnswer.instruction(pages: 1...max(1, asked.pages.count), isChinese: asked.isChinese)
            let prompt = try PagePrompt(
                pages: asked.pages,
                total: asked.pages.count,
                question: asked.question + citing
            )
            return try await read(ReadingRequest(prompt: prompt, sampling: asked.sampling), emit)
        }
        return try await readWindows(asked, emit)
    }

    /// Has a model with a card write pages down in the words that it was trained on.
    func transcribe(
        _ asked: PageQuestion,
        _ card: ReadingCard,
        _ request: String,
        _ emit: Emit
    ) async throws -> DocumentSummary {
        var writer = Transcription(
            reader,
            request: request,
            window: asked.division.window ?? card.window,
            stop: card.stop,
            joints: asked.joints
        )
        writer.retrying = asked.retrying
        let (text, read) = try await writer.read(asked.pages, sampling: asked.sampling) {
            emit(.windows(done: $0, count: $1))
        }
        emit(.text(text))
        let summary = ReadingSummary(
            finishReason: read.cut.first?.finishReason ?? .stop,
            usage: Usage(promptTokens: read.promptTokens, completionTokens: read.completionTokens),
            timeToFirstToken: read.total,
            total: read.total
        )
        let count = read.findings.count
        let windows = WindowFacts(
            count: count,
            found: true,
            pages: count == 1 ? [1, asked.pages.count] : nil,
            joined: count > 1 ? count : nil
        )
        return DocumentSummary(reading: summary, windows: windows)
    }

    /// Whether all pages fit one prompt, as far as the reader tells.
    ///
    /// - Throws: `InputError` if they must and do not.
    func holdsAll(_ asked: PageQuestion, isRequired: Bool) async throws -> Bool {
        let (dividing, count, cost) = (await dividing(asked), asked.pages.count, asked.visualTokens)
        guard let room = dividing.room, dividing.mostPages(of: count, costing: cost, question: asked.question) != nil
        else { return true }
        guard isRequired else { return false }
        let tokens = dividing.promptTokens(ofPages: count, costing: cost, question: asked.question)
        throw InputError(
            at: "strategy",
            "all \(count) pages take about \(tokens) tokens and the answer up to \(room.answer), "
                + "but the reader takes \(room.limit) together",
            expected: "\"windowed\", \"auto\" or a smaller document"
        )
    }

    /// How pages are read a few at a time.
    func dividing(_ asked: PageQuestion) async -> DividedReading {
        var reading = DividedReading(reader, card: card, countTokens: asked.countTokens)
        if card == nil, let limit = await contextLength() {
            reading.room = ContextRoom(limit: limit, answer: asked.sampling.maximumTokens ?? 0)
        }
        (reading.window, reading.visualTokens) = (asked.division.window, asked.visualTokens)
        (reading.combination, reading.isChinese) = (asked.division.combination, asked.isChinese)
        (reading.joints, reading.finder) = (asked.joints, asked.finder)
        reading.facts = card?.facts == true ? asked.facts : nil
        reading.retrying = asked.retrying
        return reading
    }

    private func readWindows(
        _ asked: PageQuestion,
        _ emit: Emit
    ) async throws -> DocumentSummary {
        let reading = await dividing(asked)
        let start = ContinuousClock.now
        var timeToFirst: Duration?
        func tell(_ piece: String) {
            timeToFirst = timeToFirst ?? (.now - start)
            emit(.text(piece))
        }
        let read = try await reading.read(
            asked.pages,
            windows: asked.windows,
            question: asked.question,
            sampling: asked.sampling
        ) {
            emit(.windows(done: $0, count: $1))
        } report: { event in
            switch event {
            // What a reader with a card says is put right first.
            case .text(let piece): if card == nil { tell(piece) }
            case .reasoning(let piece): emit(.reasoning(piece))
            case .retrying(let pause, let cause): emit(.retrying(after: pause, because: cause))
            case .finished: break
            }
        }
        let corrected = card == nil ? nil : asked.corrector?.corrected(read)
        if card != nil {
            tell(corrected?.text ?? read.answer)
        }
        let best = read.joined > 0 ? nil : read.windows.best
        let unanswered = asked.corrector?.corrected(read.windows.unanswered) ?? read.windows.unanswered
        var summary = DocumentSummary(
            reading: ReadingSummary(
                finishReason: read.finishReason,
                usage: Usage(promptTokens: read.promptTokens, completionTokens: read.completionTokens),
                timeToFirstToken: timeToFirst,
                total: read.total
            ),
            windows: WindowFacts(
                count: read.windows.findings.count,
                found: !read.isAbsent,
                pages: best.map { [$0.pages.lowerBound, $0.pages.upperBound] },
                joined: read.joined > 0 ? read.joined : nil,
                unanswered: unanswered.isEmpty ? nil : unanswered.map(WindowFacts.Unanswered.init),
                corrections: corrected.flatMap {
                    $0.corrections.isEmpty ? nil : $0.corrections.map(WindowFacts.Correction.init)
                },
                unfound: corrected.flatMap { $0.unfound.isEmpty ? nil : $0.unfound }
            )
        )
        summary.quoted = read.joined > 0 && asked.finder != nil ? read.citations : nil
        return summary
    }
}
