// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphAPI
public import GlyphPage

/// Reads a document of any length a few pages at a time, and keeps the answer that is best supported.
///
/// Every window is asked the same question by itself. An answer that says that the pages do not tell is set aside; of
/// the others the one whose tokens were most probable is the answer, and its window is where it was read. Memory does
/// not grow with the document, and the result does not depend on the order in which windows finish.
public struct WindowedReading: Sendable {
    /// What one window said.
    public struct Finding: Sendable, Equatable {
        /// The pages of the window, from 1.
        public var pages: ClosedRange<Int>
        public var answer: String
        /// The pages of each line of the answer, where they are not the same for all.
        public var linePages: [ClosedRange<Int>] = []
        /// The mean natural logarithm of the answer's tokens; nil if the reader does not tell.
        public var meanLogprob: Double?
        /// Whether the answer is that the pages do not tell, or is none by the reader's card.
        public var isAbsent: Bool
        /// Why the answer ended, or what was written down of the pages before, if that was cut.
        public var finishReason = FinishReason.stop

        /// The pages of a line of the answer, from 0.
        func pages(ofLine index: Int) -> ClosedRange<Int> {
            linePages.indices.contains(index) ? linePages[index] : pages
        }
    }

    /// Something that was asked for and that no window tells, of a reader that quotes.
    public struct Unanswered: Sendable, Equatable {
        public var question: String
        /// What comes nearest to it of what the reader wrote down.
        public var nearest: String?
        /// The pages that this stands on.
        public var pages: ClosedRange<Int>?
    }

    /// What the windows said together.
    public struct Result: Sendable {
        /// The best supported finding, or nothing if no window had an answer.
        public var best: Finding?
        /// All of them, in order.
        public var findings: [Finding]
        public var unanswered: [Unanswered] = []
        /// Of all requests, as the server counts; nil if it does not tell.
        public var promptTokens: Int?
        public var completionTokens: Int?
        /// Exact strings that rode beside the pages of all windows, those that did not fit, and their text tokens.
        public var facts = (listed: 0, leftOut: 0, tokens: 0)
        public var total: Duration

        /// The windows of which something is missing.
        public var cut: [Finding] { findings.filter(\.finishReason.isCut) }
    }

    /// The most tokens of a page that is written down before it is asked about, unless an answer may have more.
    private static let writtenTokens = 1024

    /// Told when a window has to be asked again.
    public var retrying: RetryNotice = { _, _ in }
    /// Whether the reader is asked how sure it is.
    var wantsLogprobs = true
    /// Whether it is a failure that no window tells anything where one was cut before it had written a word.
    var mustTell = true
    let reader: any Reader
    let card: ReadingCard
    private let parallel: Int
    private let facts: FactBook?
    let joints: PageJoints?
    let instruction: @Sendable (ClosedRange<Int>) -> String

    /// Prepares a reading.
    ///
    /// - Parameters:
    ///   - reader: Who reads.
    ///   - card: How many pages it reads at a time, and what it says when they do not tell.
    ///   - parallel: Windows that are read at the same time.
    ///   - facts: Exact strings; every window gets those of its pages.
    ///   - joints: What stands between the pages, so that a reader that writes them down first is given the beginning
    ///     of a sentence that goes on with a window.
    ///   - instruction: What is added to the question for a window of these pages.
    public init(
        _ reader: any Reader,
        _ card: ReadingCard,
        parallel: Int = 4,
        facts: FactBook? = nil,
        joints: PageJoints? = nil,
        instruction: @escaping @Sendable (ClosedRange<Int>) -> String = { _ in "" }
    ) {
        self.reader = reader
        self.card = card
        self.parallel = max(1, parallel)
        self.facts = facts
        self.joints = joints
        self.instruction = instruction
    }

    /// Asks every window.
    ///
    /// - Parameters:
    ///   - pages: All pages, in order.
    ///   - windows: The pages to read together; all pages by the card's window if nil.
    ///   - question: What to ask.
    ///   - sampling: How answers are written.
    ///   - progress: Told how many windows of how many are done.
    /// - Returns: The findings and the best of them.
    /// - Throws: The first failure of a reader, `InputError` for pages with a gap, `CancellationError`.
    public func read(
        _ pages: [EncodedPage],
        windows: [ClosedRange<Int>]? = nil,
        question: String,
        sampling: Sampling,
        progress: (_ done: Int, _ count: Int) -> Void = { _, _ in }
    ) async throws -> Result {
        var sampling = sampling
        sampling.wantsLogprobs = wantsLogprobs
        // Readers that write pages down first were trained on pages of text.
        let pictures = card.transcribe == nil ? [] : joints?.pictures ?? []
        let windows = windows ?? Self.windows(of: pages.count, atMost: card.window, leavingOut: pictures)
        var tally = Tally()
        let requests = try windows.map { try request($0, of: pages, question, sampling, &tally) }
        let asked = card.quote == nil ? [question] : SingleQuestions.of(question)
        let passes = card.transcribe == nil ? 1 : 1 + asked.count
        let answers = try await inParallel(requests, &tally) { progress($0 / passes, windows.count) }
        let best: Finding?
        var findings: [Finding]
        var unanswered: [Unanswered] = []
        if card.transcribe == nil {
            findings = windows.indices.map { finding(answers[$0], pages: windows[$0]) }
            best = Self.best(findings)
        } else {
            let pieces = answers.map { $0?.text ?? "" }
            let turn = SecondTurn(sampling: sampling, windows: windows, pieces: pieces, requests: requests)
            (best, findings, unanswered) = try await answer(asked, turn, &tally) {
                progress($0 / passes, windows.count)
            }
            for (index, written) in answers.enumerated() {
                if let reason = written?.summary.finishReason, reason.isCut { findings[index].finishReason = reason }
            }
        }
        // What one of them could not say is told beside what others did; where none did, it may have been the answer. A
        // reader that quotes has still found nothing in all that it could write down.
        if mustTell, card.quote == nil, best == nil, let cut = tally.cut { throw cut }
        return Result(
            best: best,
            findings: findings,
            unanswered: unanswered,
            promptTokens: tally.promptTokens,
            completionTokens: tally.completionTokens,
            facts: tally.facts,
            total: .now - tally.start
        )
    }

    /// Pages in windows of a size, each of pages that follow each other.
    static func windows(of count: Int, atMost size: Int, leavingOut pictures: Set<Int>) -> [ClosedRange<Int>] {
        var windows: [ClosedRange<Int>] = []
        for page in 1..<count + 1 where !pictures.contains(page) {
            if let last = windows.last, last.upperBound == page - 1, last.count < size {
                windows[windows.count - 1] = last.lowerBound...page
            } else {
                windows.append(page...page)
            }
        }
        return windows
    }

    /// What the reader is asked of a window first.
    private func request(
        _ window: ClosedRange<Int>,
        of pages: [EncodedPage],
        _ question: String,
        _ sampling: Sampling,
        _ tally: inout Tally
    ) throws -> ReadingRequest {
        var sampling = sampling
        if card.transcribe != nil {
            // The limit is one of answers: a page that is cut where it is written down is not read to its end.
            sampling.maximumTokens = sampling.maximumTokens.map { max($0, Self.writtenTokens * card.window) }
            // So are ends that answers were given.
            sampling.stop = card.stop.map { [$0] } ?? []
        }
        let sheet = facts?.sheet(for: window, question: question)
        tally.facts.listed += sheet?.listed ?? 0
        tally.facts.leftOut += sheet?.leftOut ?? 0
        tally.facts.tokens += sheet?.tokens ?? 0
        let prompt = try PagePrompt(
            pages: Array(pages[window.lowerBound - 1..<window.upperBound]),
            total: pages.count,
            window: window,
            question: card.transcribe ?? question + instruction(window),
            facts: sheet?.text
        )
        return ReadingRequest(prompt: prompt, sampling: sampling)
    }

    /// What was spent so far.
    struct Tally {
        let start = ContinuousClock.now
        var promptTokens: Int?
        var completionTokens: Int?
        var facts = (listed: 0, leftOut: 0, tokens: 0)
        /// The first failure of a reader that was cut before it had written a word.
        var cut: ReadingError?
        /// Requests that are done, or that need not be made.
        var done = 0
    }

    /// The answers to requests, several under way at a time; none where there is no request.
    func inParallel(
        _ requests: [ReadingRequest?],
        _ tally: inout Tally,
        _ progress: (_ done: Int) -> Void
    ) async throws -> [Answer?] {
        var answers = [Answer?](repeating: nil, count: requests.count)
        let needless = requests.count { $0 == nil }
        tally.done += needless
        if needless > 0 { progress(tally.done) }
        try await withThrowingTaskGroup(of: (index: Int, answer: Answer, cut: ReadingError?).self) { group in
            var rest = requests.enumerated().makeIterator()
            func startOne() {
                while let (index, request) = rest.next() {
                    guard let request else { continue }
                    group.addTask { [reader, retrying] in
                        do {
                            let answer = try await reader.answerOrNothing(to: request, retrying: retrying)
                            return (index, answer, nil)
                        } catch let fault as ReadingError {
                            guard fault.kind == .emptyAnswer, let summary = fault.summary else { throw fault }
                            return (index, Answer(text: "", reasoning: "", summary: summary), fault)
                        }
                    }
                    return
                }
            }
            for _ in 0..<min(parallel, requests.count) { startOne() }
            while let (index, answer, cut) = try await group.next() {
                answers[index] = answer
                tally.cut = tally.cut ?? cut
                let usage = answer.summary.usage
                tally.promptTokens = [tally.promptTokens, usage?.promptTokens].knownSum
                tally.completionTokens = [tally.completionTokens, usage?.completionTokens].knownSum
                tally.done += 1
                progress(tally.done)
                startOne()
            }
        }
        return answers
    }

    func finding(_ answer: Answer?, pages: ClosedRange<Int>) -> Finding {
        let text = answer?.text.trimmed ?? ""
        return Finding(
            pages: pages,
            answer: text,
            meanLogprob: answer?.summary.meanLogprob,
            isAbsent: isAbsent(text),
            finishReason: answer?.summary.finishReason ?? .stop
        )
    }

    /// Whether the reader says that its pages do not tell.
    private func isAbsent(_ text: String) -> Bool { text.isEmpty || AbsentPhrase(card.absent).begins(text) }

    /// The most probable answer that is one; of equal ones, the earliest.
    static func best(_ findings: [Finding]) -> Finding? {
        findings.filter { !$0.isAbsent }
            .reduce(nil) { best, finding in
                guard let best else { return finding }
                return (finding.meanLogprob ?? -.infinity) > (best.meanLogprob ?? -.infinity) ? finding : best
            }
    }
}
