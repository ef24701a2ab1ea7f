// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphAPI

/// Makes one answer of what the windows of a document said: a second reading, of their words and not of the pages.
///
/// The notes go into one prompt. Where that is more than the reader takes, as many as fit are joined at a time, and what
/// came of them is joined again, so that a document of any length ends in one answer.
public struct WindowedNotes: Sendable {
    /// The prompt that makes the answer, and what was spent to come there.
    public struct Last: Sendable {
        public var prompt: PagePrompt
        /// Requests that were made before it, and their tokens as far as the server told.
        public var requests = 0
        public var promptTokens: Int?
        public var completionTokens: Int?
        /// The tokens of this prompt and of those before it, as counted here.
        public var textTokens = 0
        /// Why an answer of one of those requests was cut; `stop` if none was.
        public var finishReason = FinishReason.stop
    }

    /// Told when a request has to be sent again.
    public var retrying: RetryNotice = { _, _ in }

    let reader: any Reader
    let room: ContextRoom?
    let parallel: Int
    let isChinese: Bool
    let countTokens: @Sendable (String) -> Int

    /// Prepares a reading.
    ///
    /// - Parameters:
    ///   - reader: Who reads.
    ///   - room: How much it takes at once; nil puts all notes into one prompt.
    ///   - parallel: Prompts that are read at the same time.
    ///   - isChinese: Whether the reader is spoken to in Chinese.
    ///   - countTokens: Counts the tokens of a text.
    public init(
        _ reader: any Reader,
        room: ContextRoom? = nil,
        parallel: Int = 4,
        isChinese: Bool = false,
        countTokens: @escaping @Sendable (String) -> Int
    ) {
        (self.reader, self.room, self.parallel, self.isChinese) = (reader, room, parallel, isChinese)
        self.countTokens = countTokens
    }

    /// Joins notes until the rest fits one prompt.
    ///
    /// - Parameters:
    ///   - findings: What the windows said, in order; those without an answer are passed over.
    ///   - question: What they were asked.
    ///   - sampling: How answers are written.
    /// - Returns: The last prompt, which has not been sent.
    /// - Throws: The first failure of a reader, `InputError` for an empty question, `CancellationError`.
    public func joined(
        _ findings: [WindowedReading.Finding],
        question: String,
        sampling: Sampling
    ) async throws -> Last {
        var notes = findings.filter { !$0.isAbsent }
        var last = Last(prompt: try prompt(notes, question))
        while case let groups = groups(of: notes, beside: countTokens(text([], question))), groups.count > 1 {
            let requests = try groups.map { group in
                group.count > 1 ? ReadingRequest(prompt: try prompt(group, question), sampling: sampling) : nil
            }
            var tally = WindowedReading.Tally()
            var reading = WindowedReading(reader, .ofParts(window: 1, isChinese: isChinese), parallel: parallel)
            reading.retrying = retrying
            let answers = try await reading.inParallel(requests, &tally) { _ in }
            if let cut = tally.cut { throw cut }
            let reasons = answers.compactMap { $0?.summary.finishReason }
            last.finishReason = reasons.first(where: \.isCut) ?? last.finishReason
            notes = zip(groups, answers).compactMap { group, answer in
                guard let answer else { return group[0] }
                return reading.finding(
                    answer,
                    pages: group[0].pages.lowerBound...group[group.count - 1].pages.upperBound
                )
            }.filter { !$0.isAbsent }
            last.requests += requests.count { $0 != nil }
            last.textTokens += requests.reduce(0) { $0 + ($1.map { countTokens($0.prompt.question) } ?? 0) }
            last.promptTokens = [last.promptTokens, tally.promptTokens].knownSum
            last.completionTokens = [last.completionTokens, tally.completionTokens].knownSum
            last.prompt = try prompt(notes, question)
        }
        last.textTokens += countTokens(last.prompt.question)
        return last
    }

    /// As many notes together as fit one prompt, and two at least, so that every round leaves fewer.
    private func groups(of notes: [WindowedReading.Finding], beside text: Int) -> [[WindowedReading.Finding]] {
        guard let room, notes.count > 2 else { return [notes] }
        var groups: [[WindowedReading.Finding]] = []
        var tokens = 0
        for note in notes {
            let cost = countTokens(Self.text(note))
            if let count = groups.last?.count, count < 2 || room.holds(text + tokens + cost) {
                groups[groups.count - 1].append(note)
                tokens += cost
            } else {
                groups.append([note])
                tokens = cost
            }
        }
        return groups
    }

    private func prompt(_ notes: [WindowedReading.Finding], _ question: String) throws -> PagePrompt {
        try PagePrompt(textOnly: text(notes, question))
    }

    private static func text(_ note: WindowedReading.Finding) -> String {
        "[pages \(note.pages.lowerBound)-\(note.pages.upperBound)]\n\(note.answer)\n\n"
    }

    private func text(_ notes: [WindowedReading.Finding], _ question: String) -> String {
        let list = notes.map(Self.text).joined()
        if isChinese {
            return "一份很长的文档被分成几部分阅读。以下是各部分对下面任务的回答，每一部分只了解自己的页面（pages）。\n\n"
                + list + "把它们合并成对任务的一个回答。保留它们所说的内容，不要说其中没有的内容；"
                + "如有矛盾，请注明页码并列出双方的说法。\n\n任务：" + question
        }
        return "A long document was read in parts. These are the answers that its parts gave to the task below; "
            + "each knew only its own pages.\n\n" + list
            + "Join them into one answer to the task. Keep what they say, say nothing that none of them says, "
            + "and where they contradict each other name both with their pages.\n\nTask: " + question
    }
}
