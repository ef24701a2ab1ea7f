// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphAPI
public import GlyphPage

/// Reads a document window by window, with any reader, and makes one answer of what the windows said.
///
/// A reader with a card is asked the question alone, and its best supported answer counts. Others are told that they see
/// a part of the document and what to say where it does not tell; what several parts tell is joined in a second reading.
public struct DividedReading: Sendable {
    /// What becomes of the answers of several windows.
    public enum Combination: String, Sendable, CaseIterable {
        /// `best` for a reader with a card, `notes` for others.
        case auto
        /// The one whose tokens were most probable; the first where the server tells no probabilities.
        case best
        /// All of them are read once more, as text.
        case notes
        /// All of them, one after another, as for a transcription.
        case all
    }

    /// What a reading came to.
    public struct Outcome: Sendable {
        /// The answer, without its quotations where those were looked up; the words for it if there is none.
        public var answer: String
        /// The pages that it was read from; none if no window had an answer.
        public var pages: [Int]
        /// What the windows said.
        public var windows: WindowedReading.Result
        /// The findings that the answer consists of; none where it was written in a second reading.
        public var said: [WindowedReading.Finding] = []
        /// Windows whose answers were joined; 0 if they were not.
        public var joined = 0
        /// What the second reading cost, all its rounds together: tokens as the server told, and of its prompts as
        /// counted here.
        public var notes = (requests: 0, promptTokens: Int?.none, completionTokens: Int?.none, textTokens: 0)
        /// Places that the windows quoted; only where their answers were joined.
        public var citations: [CitedAnswer.Citation] = []
        /// What the answer was said to; nil if there is none.
        public var prompt: PagePrompt?
        /// Why the answer ended, or something that it was made of was cut.
        public var finishReason = FinishReason.stop
        /// The tokens of a joined answer that was cut, if the server tells.
        public var tokensUntilCut: Int?
        /// From the first request to the end.
        public var total: Duration

        /// Whether no window had an answer.
        public var isAbsent: Bool { prompt == nil }
        /// Of all requests, as the server counts; nil if it does not tell.
        public var promptTokens: Int? { [windows.promptTokens, notes.promptTokens].knownSum }
        public var completionTokens: Int? { [windows.completionTokens, notes.completionTokens].knownSum }
    }

    /// What stands between answers that are put one after another.
    static let separator = "\n\n"
    /// The most pages of a window of a reader that has no card, unless something else is said.
    public static let usualWindow = 8

    /// The most pages of a window; nil takes the card's, or as many of the usual ones as fit.
    public var window: Int?
    /// What all pages cost as the reader bills them.
    public var visualTokens = 0
    /// Windows that are read at the same time.
    public var parallel = 4
    public var combination = Combination.auto
    /// Exact strings; every window gets those of its pages.
    public var facts: FactBook?
    /// What stands between the pages.
    public var joints: PageJoints?
    /// How much the reader takes at once, if it tells.
    public var room: ContextRoom?
    /// Tokens of it that are kept for what is added to a question.
    public var spare = ContextRoom.namingPages
    /// Whether the reader is spoken to in Chinese.
    public var isChinese = false
    /// Looks up what a reader without a card is then asked to quote; nil asks for no quotations.
    public var finder: QuoteFinder?
    /// Told when a request has to be sent again, but for that of the joined answer: it is reported.
    public var retrying: RetryNotice = { _, _ in }
    private let reader: any Reader
    private let card: ReadingCard?
    let countTokens: @Sendable (String) -> Int

    /// Prepares a reading.
    ///
    /// - Parameters:
    ///   - reader: Who reads.
    ///   - card: What the model's folder says about reading with it, if anything.
    ///   - countTokens: Counts the tokens of a text.
    public init(_ reader: any Reader, card: ReadingCard?, countTokens: @escaping @Sendable (String) -> Int) {
        (self.reader, self.card, self.countTokens) = (reader, card, countTokens)
    }

    /// Reads all windows, and what they found if that is to be joined.
    ///
    /// - Parameters:
    ///   - pages: All pages, in order.
    ///   - windows: The pages to read together; nil divides all of them.
    ///   - question: What to ask.
    ///   - sampling: How answers are written.
    ///   - progress: Told how many windows of how many are done.
    ///   - report: Told what happens while joined answers are written; an answer of one window comes as one piece.
    /// - Returns: The answer and where it was read.
    /// - Throws: The first failure of a reader, what `report` throws, `InputError`, `CancellationError`.
    public func read(
        _ pages: [EncodedPage],
        windows: [ClosedRange<Int>]? = nil,
        question: String,
        sampling: Sampling,
        progress: (_ done: Int, _ count: Int) -> Void = { _, _ in },
        report: (ReadingEvent) throws -> Void = { _ in }
    ) async throws -> Outcome {
        let start = ContinuousClock.now
        try card?.check(.question(question), at: "question", remedy: nil)
        let isPart = card == nil
        var card = card ?? .ofParts(window: usualWindow(of: pages, question), isChinese: isChinese)
        card.window = window ?? card.window
        let absent = card.absent
        // The words of a page cannot mean that there are none.
        if isPart, combination == .all { card.absent = "" }
        let joins = combination == .notes || combination == .auto && isPart
        // Each part of a transcription is a whole by itself.
        let part = isPart && combination != .all ? ReadingCard.partInstruction(isChinese: isChinese) : ""
        var reading = WindowedReading(reader, card, parallel: parallel, facts: facts, joints: joints) { window in
            finder == nil || !isPart
                ? part : part + CitedAnswer.instruction(pages: window, isChinese: isChinese)
        }
        // Some servers refuse the question how sure they are, so it is asked only where it decides.
        reading.wantsLogprobs = !joins && combination != .all
        reading.retrying = retrying
        let result = try await reading.read(
            pages,
            windows: windows,
            question: question,
            sampling: sampling,
            progress: progress
        )
        let found = result.findings.filter { !$0.isAbsent }
        if joins, found.count > 1 {
            return try await join(found, result, question, sampling, since: start, report)
        }
        let all = combination == .all ? found : result.best.map { [$0] } ?? []
        let answer = all.isEmpty ? absent : all.map(\.answer).joined(separator: Self.separator)
        try report(.text(answer))
        return Outcome(
            answer: answer,
            pages: all.flatMap { Array($0.pages) },
            windows: result,
            said: all,
            joined: all.count > 1 ? all.count : 0,
            prompt: try all.first.map { first in
                try PagePrompt(
                    pages: Array(pages[first.pages.lowerBound - 1..<first.pages.upperBound]),
                    total: pages.count,
                    window: first.pages,
                    question: question,
                    facts: facts?.sheet(for: first.pages, question: question)?.text
                )
            },
            finishReason: Self.finishReason(of: all.isEmpty ? result.findings : all),
            total: .now - start
        )
    }

    /// Reads the notes of the windows; quotations are looked up before, in the pages that each window saw.
    private func join(
        _ found: [WindowedReading.Finding],
        _ result: WindowedReading.Result,
        _ question: String,
        _ sampling: Sampling,
        since start: ContinuousClock.Instant,
        _ report: (ReadingEvent) throws -> Void
    ) async throws -> Outcome {
        var (notes, citations) = (found, [CitedAnswer.Citation]())
        if let finder {
            for index in notes.indices {
                let cited = CitedAnswer(reply: notes[index].answer, finder: finder, pages: Array(notes[index].pages))
                notes[index].answer = cited.answer
                citations += cited.citations.filter { !citations.contains($0) }
            }
        }
        var joining = WindowedNotes(
            reader,
            room: room,
            parallel: parallel,
            isChinese: isChinese,
            countTokens: countTokens
        )
        joining.retrying = retrying
        let last = try await joining.joined(notes, question: question, sampling: sampling)
        var text = ""
        for try await event in reader.read(ReadingRequest(prompt: last.prompt, sampling: sampling)) {
            if case .text(let piece) = event { text += piece }
            guard case .finished(let summary) = event else {
                try report(event)
                continue
            }
            return Outcome(
                answer: text.trimmed,
                pages: found.flatMap { Array($0.pages) },
                windows: result,
                joined: found.count,
                notes: (
                    last.requests + 1, [last.promptTokens, summary.usage?.promptTokens].knownSum,
                    [last.completionTokens, summary.usage?.completionTokens].knownSum, last.textTokens
                ),
                citations: citations,
                prompt: last.prompt,
                finishReason: [summary.finishReason, last.finishReason, Self.finishReason(of: found)]
                    .first(where: \.isCut) ?? summary.finishReason,
                tokensUntilCut: summary.finishReason.isCut ? summary.usage?.completionTokens : nil,
                total: .now - start
            )
        }
        throw CancellationError()
    }

    /// The most pages of a window of a reader without a card, if nobody says.
    private func usualWindow(of pages: [EncodedPage], _ question: String) -> Int {
        let most = mostPages(of: pages.count, costing: visualTokens, question: question)
        return min(Self.usualWindow, most ?? Self.usualWindow)
    }

    /// Why an answer that is made of these is cut; `stop` if it is not.
    private static func finishReason(of findings: [WindowedReading.Finding]) -> FinishReason {
        findings.map(\.finishReason).first(where: \.isCut) ?? .stop
    }
}

extension ReadingCard {
    /// For a reader that has no card and sees a part of a document: what it is to say where that does not tell.
    static func ofParts(window: Int, isChinese: Bool) -> ReadingCard {
        ReadingCard(preset: "", window: window, absent: absentPart(isChinese: isChinese))
    }

    /// What is added to a question so that it does.
    static func partInstruction(isChinese: Bool) -> String {
        isChinese
            ? "\n\n这些页面只是文档的一部分。如果它们没有任何相关内容，只回答：\(absentPart(isChinese: true))"
            : "\n\nThese pages are a part of the document. If they say nothing about it, answer only: "
                + absentPart(isChinese: false)
    }

    private static func absentPart(isChinese: Bool) -> String { isChinese ? "未提及" : "NOT FOUND" }
}
