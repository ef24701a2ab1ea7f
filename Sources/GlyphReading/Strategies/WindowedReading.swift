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
        /// The mean natural logarithm of the answer's tokens; nil if the reader does not tell.
        public var meanLogprob: Double?
        /// Whether the answer is that the pages do not tell, or is none by the reader's card.
        public var isAbsent: Bool
    }

    /// What the windows said together.
    public struct Result: Sendable {
        /// The best supported finding, or nothing if no window had an answer.
        public var best: Finding?
        /// All of them, in order.
        public var findings: [Finding]
        public var promptTokens: Int
        public var completionTokens: Int
        /// Exact strings that rode beside the pages of all windows, those that did not fit, and their text tokens.
        public var facts = (listed: 0, leftOut: 0, tokens: 0)
        /// From the first request to the first finished window.
        public var timeToFirstFinding: Duration?
        public var total: Duration
    }

    /// Whether the reader is asked how sure it is.
    var wantsLogprobs = true
    private let reader: any Reader
    private let card: ReadingCard
    private let parallel: Int
    private let facts: FactBook?
    private let joints: PageJoints?
    private let instruction: @Sendable (ClosedRange<Int>) -> String

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
        let start = ContinuousClock.now
        let windows =
            windows
            ?? stride(from: 0, to: pages.count, by: card.window).map { $0 + 1...min($0 + card.window, pages.count) }
        var riding = (listed: 0, leftOut: 0, tokens: 0)
        let requests = try windows.map { window in
            let sheet = facts?.sheet(for: window, question: question)
            riding.listed += sheet?.listed ?? 0
            riding.leftOut += sheet?.leftOut ?? 0
            riding.tokens += sheet?.tokens ?? 0
            let prompt = try PagePrompt(
                pages: Array(pages[window.lowerBound - 1..<window.upperBound]),
                total: pages.count,
                window: window,
                question: card.transcribe ?? question + instruction(window),
                facts: sheet?.text
            )
            return ReadingRequest(prompt: prompt, sampling: sampling)
        }
        var tokens = (prompt: 0, completion: 0)
        var timeToFirst: Duration?
        let passes = card.transcribe == nil ? 1 : 2
        var done = 0
        func pass(_ requests: [ReadingRequest?]) async throws -> [Answer?] {
            try await inParallel(requests) { answer in
                tokens.prompt += answer.summary.usage?.promptTokens ?? 0
                tokens.completion += answer.summary.usage?.completionTokens ?? 0
                timeToFirst = timeToFirst ?? (.now - start)
                done += 1
                progress(done / passes, windows.count)
            }
        }
        var answers = try await pass(requests)
        var read: [String] = []
        if card.transcribe != nil {
            let pieces = answers.map { $0?.text ?? "" }
            read = windows.indices.map { index in
                index > 0
                    ? carried(from: windows[index - 1], pieces[index - 1], to: windows[index]) + pieces[index]
                    : pieces[index]
            }
            answers = try await pass(
                try windows.indices.map { index in
                    guard !pieces[index].isEmpty else { return nil }
                    var request = requests[index]
                    let asked = question + instruction(windows[index])
                    request.prompt = try request.prompt.followed(by: asked, after: read[index])
                    request.sampling.maximumTokens = [sampling.maximumTokens, card.quote].compactMap { $0 }.min()
                    return request
                }
            )
        }
        let reply = QuotedReply(question: question, absent: card.absent)
        let all = windows.indices.map { index in
            var finding = finding(answers[index], pages: windows[index])
            if card.quote != nil, !read.isEmpty {
                let quotations = reply.quotations(in: finding.answer, from: read[index])
                finding.isAbsent = quotations.isEmpty
                if !quotations.isEmpty { finding.answer = quotations }
            }
            return finding
        }
        return Result(
            best: card.quote == nil ? Self.best(all) : Self.best(of: all, to: reply),
            findings: all,
            promptTokens: tokens.prompt,
            completionTokens: tokens.completion,
            facts: riding,
            timeToFirstFinding: timeToFirst,
            total: .now - start
        )
    }

    /// The beginning of a sentence that goes on with a window, as far as the window before it was read.
    private func carried(from before: ClosedRange<Int>, _ read: String, to window: ClosedRange<Int>) -> String {
        guard before.upperBound + 1 == window.lowerBound else { return "" }
        return joints?.unfinished(before: window.lowerBound, in: read) ?? ""
    }

    /// The answers to requests, several under way at a time; none where there is no request.
    private func inParallel(
        _ requests: [ReadingRequest?],
        finished: (Answer) -> Void
    ) async throws -> [Answer?] {
        var answers = [Answer?](repeating: nil, count: requests.count)
        try await withThrowingTaskGroup(of: (index: Int, answer: Answer).self) { group in
            var rest = requests.enumerated().makeIterator()
            func startOne() {
                while let (index, request) = rest.next() {
                    guard let request else { continue }
                    group.addTask { [reader] in (index, try await reader.answerOrNothing(to: request)) }
                    return
                }
            }
            for _ in 0..<parallel { startOne() }
            while let (index, answer) = try await group.next() {
                answers[index] = answer
                finished(answer)
                startOne()
            }
        }
        return answers
    }

    private func finding(_ answer: Answer?, pages: ClosedRange<Int>) -> Finding {
        let text = answer?.text.trimmed ?? ""
        return Finding(
            pages: pages,
            answer: text,
            meanLogprob: answer?.summary.meanLogprob,
            isAbsent: text.isEmpty || Self.words(text) == Self.words(card.absent)
        )
    }

    /// Without what readers add to a phrase that they were told to say: a full stop, capitals, quotation marks.
    private static func words(_ text: String) -> String {
        text.filter { $0.isLetter || $0.isNumber || $0 == " " }.lowercased().trimmed
    }

    /// What is asked in a second reading, of what the windows found: for questions whose answer stands in many places.
    ///
    /// - Throws: `InputError` for an empty question.
    public static func secondReading(of findings: [Finding], question: String) throws -> PagePrompt {
        let notes = findings.filter { !$0.isAbsent }.map { finding in
            "[pages \(finding.pages.lowerBound)-\(finding.pages.upperBound)]\n\(finding.answer)"
        }
        return try PagePrompt(
            textOnly: "A long document was read in parts. These are the answers that its parts gave to the task below; "
                + "each knew only its own pages.\n\n" + notes.joined(separator: "\n\n")
                + "\n\nJoin them into one answer to the task. Keep what they say, say nothing that none of them says, "
                + "and where they contradict each other name both with their pages.\n\nTask: " + question
        )
    }

    /// The best of quotations: those that say what something is count more than those that only speak of it.
    ///
    /// Where several things are asked for all of them, a line each, in the order of the pages.
    private static func best(of findings: [Finding], to reply: QuotedReply) -> Finding? {
        var found = findings.filter { !$0.isAbsent }
        let statements = found.filter { reply.isStatement($0.answer) }
        if !statements.isEmpty { found = statements }
        guard reply.asksForSeveral, var all = best(found) else { return best(found) }
        var lines: [String] = []
        for line in found.flatMap({ $0.answer.split(separator: "\n").map(String.init) })
        where !lines.contains(where: { $0.hasPrefix(line) }) {
            // Of a clause that a page cuts off, the next page has all.
            lines.removeAll { line.hasPrefix($0) }
            lines.append(line)
        }
        all.answer = lines.joined(separator: "\n")
        all.pages = found[0].pages.lowerBound...found[found.count - 1].pages.upperBound
        return all
    }

    /// The most probable answer that is one; of equal ones, the earliest.
    static func best(_ findings: [Finding]) -> Finding? {
        findings.filter { !$0.isAbsent }
            .reduce(nil) { best, finding in
                guard let best else { return finding }
                return (finding.meanLogprob ?? -.infinity) > (best.meanLogprob ?? -.infinity) ? finding : best
            }
    }
}
