// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

public import GlyphPage

/// Questions about one document, one after another.
///
/// Every question sends the pages, their exact strings and all turns before it again, byte for byte and in the same
/// order, so that a server's prefix cache reads only what is new.
public struct PageConversation: ForgettingConversation, Sendable {
    /// The questions that were answered, with what was shown of the answers.
    public private(set) var history: [PagePrompt.Turn] = []
    /// The exact strings of the last answer that were put right.
    public private(set) var corrections: [FactCorrector.Correction] = []
    /// Whether something of the last answer was reported.
    public private(set) var hasSpoken = false
    private let reader: any Reader
    private let sampling: Sampling
    private let pages: [EncodedPage]
    private let facts: FactBook?

    /// Prepares a conversation about all pages of a document.
    ///
    /// - Parameters:
    ///   - reader: who reads.
    ///   - pages: all pages, in order.
    ///   - sampling: how answers are written.
    ///   - facts: exact strings; what rides does not depend on a question, since it stands before all of them.
    public init(_ reader: any Reader, pages: [EncodedPage], sampling: Sampling, facts: FactBook? = nil) {
        (self.reader, self.pages, self.sampling, self.facts) = (reader, pages, sampling, facts)
    }

    /// The exact strings that ride in front of the first question.
    public var sheet: FactBook.Sheet? { facts?.sheet(for: pages.map(\.number), question: "") }

    /// Asks the next question; a question that fails is not remembered.
    ///
    /// - Parameters:
    ///   - question: what to ask.
    ///   - report: told what happens while the answer is written, exact strings of the answer put right.
    /// - Returns: what is known once the answer is complete.
    /// - Throws: what the reader or `report` throws, `InputError` for an empty question, `CancellationError`.
    public mutating func ask(
        _ question: String,
        report: (ReadingEvent) throws -> Void
    ) async throws -> ReadingSummary {
        let prompt = try PagePrompt(
            pages: pages,
            total: pages.count,
            question: question,
            facts: sheet?.text,
            history: history
        )
        hasSpoken = false
        var corrector = FactCorrector(facts?.facts ?? [], correctsNumbers: false)
        var answer = ""
        for try await event in reader.read(ReadingRequest(prompt: prompt, sampling: sampling)) {
            switch event {
            case .text(let piece):
                let certain = corrector.next(piece)
                answer += certain
                guard !certain.isEmpty else { continue }
                hasSpoken = true
                try report(.text(certain))
            case .finished(let summary):
                let rest = corrector.finish()
                answer += rest
                if !rest.isEmpty { try report(.text(rest)) }
                corrections = corrector.corrections
                history.append(PagePrompt.Turn(question: question, answer: answer))
                try report(event)
                return summary
            case .reasoning, .retrying: try report(event)
            }
        }
        throw CancellationError()
    }

    /// Leaves the older half of the questions and answers out of what is sent from now on.
    ///
    /// - Returns: Whether there was something to leave out.
    public mutating func forgetOldest() -> Bool {
        guard !history.isEmpty else { return false }
        history.removeFirst((history.count + 1) / 2)
        return true
    }
}

extension PageConversation {
    /// A question with what was said before it, for a reader that is asked about a part of the pages at a time.
    ///
    /// - Parameters:
    ///   - question: What is asked now.
    ///   - said: Who said what before, oldest first.
    ///   - isChinese: Whether the reader is spoken to in Chinese.
    /// - Returns: What to ask.
    public static func question(
        _ question: String,
        after said: [(speaker: String, text: String)],
        isChinese: Bool
    ) -> String {
        guard !said.isEmpty else { return question }
        let lines = said.map { "\($0.speaker): \($0.text)" }.joined(separator: "\n\n")
        return isChinese
            ? "此前的对话：\n\n\(lines)\n\n现在请根据页面回答：\(question)"
            : "This was said before:\n\n\(lines)\n\nNow answer this from the pages: \(question)"
    }
}
