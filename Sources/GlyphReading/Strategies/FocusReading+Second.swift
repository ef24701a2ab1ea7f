// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphAPI
public import GlyphPage

extension FocusReading {
    /// What both passes came to.
    public struct Result: Sendable {
        /// The reader's answer; empty, or a card's phrase for it, if there is none.
        public var answer: String
        public var choice: Choice
        /// The pages that the answer was read from.
        public var pages: [Int]
        /// What the second pass cost.
        public var requests: Int
        public var promptTokens: Int
        public var completionTokens: Int
        /// Exact strings beside the pages of the second pass, those that did not fit, and the text tokens they took.
        public var facts = (listed: 0, leftOut: 0, tokens: 0)
        /// The text that was handed over instead of pages.
        public var text: String?
        public var total: Duration
    }

    /// Reads in two passes.
    ///
    /// - Parameters:
    ///   - question: what to ask.
    ///   - text: the document's text, to hand over instead of pages; nil shows the pages.
    ///   - sampling: how answers are written.
    /// - Returns: the answer, the pages it was read from, and the tokens of each pass.
    /// - Throws: the first failure of a reader, `InputError`, `CancellationError`.
    public func read(_ question: String, handingOver text: SourceText? = nil, sampling: Sampling) async throws -> Result
    {
        let start = ContinuousClock.now
        let choice = try await choose(question, sampling: sampling)
        let window = card?.window ?? (choice.isFocused ? nil : limits.window)
        guard let window else {
            let (prompt, sheet) = try prompt(for: choice, question: question, handingOver: text)
            let request = ReadingRequest(prompt: prompt, sampling: sampling)
            let answer = try await reader.answerOrNothing(to: request, retrying: retrying)
            return Result(
                answer: answer.text,
                choice: choice,
                pages: choice.pages,
                requests: 1,
                promptTokens: answer.summary.usage?.promptTokens ?? 0,
                completionTokens: answer.summary.usage?.completionTokens ?? 0,
                facts: (sheet?.listed ?? 0, sheet?.leftOut ?? 0, sheet?.tokens ?? 0),
                text: text == nil || !choice.isFocused ? nil : prompt.facts,
                total: .now - start
            )
        }
        let isPart = card == nil
        let card = card ?? .ofParts(window: window, isChinese: isChinese)
        let part = isPart ? ReadingCard.partInstruction(isChinese: isChinese) : ""
        var reading = WindowedReading(reader, card, parallel: limits.parallel, facts: facts) { _ in part }
        reading.retrying = retrying
        let result = try await reading.read(
            fine.pages,
            windows: Self.windows(of: choice.pages, most: window),
            question: question,
            sampling: sampling
        )
        return Result(
            answer: result.best?.answer ?? card.absent,
            choice: choice,
            pages: result.best.map { Array($0.pages) } ?? choice.pages,
            requests: result.findings.count,
            promptTokens: result.promptTokens,
            completionTokens: result.completionTokens,
            facts: result.facts,
            total: .now - start
        )
    }

    /// What is sent in a second pass that is one prompt.
    ///
    /// - Parameters:
    ///   - choice: what the first pass came to.
    ///   - question: what to ask.
    ///   - text: the document's text, to hand over instead of pages; nil shows the pages. Pictures stay pictures.
    ///   - cites: whether the reader shall quote.
    /// - Returns: the prompt, and the exact strings that ride beside its pages.
    /// - Throws: `InputError` for an empty question.
    public func prompt(
        for choice: Choice,
        question: String,
        handingOver text: SourceText? = nil,
        cites: Bool = false
    ) throws -> (PagePrompt, FactBook.Sheet?) {
        // All pages as text would be as long as what compression was for.
        let text = choice.isFocused ? text : nil
        let shown = fine.pages.filter { page in
            choice.pages.contains(page.number) && (text == nil || span(of: page.number).count == 0)
        }
        let sheet = text == nil ? facts?.sheet(for: choice.pages, question: question) : nil
        let note = note(for: choice, asText: text != nil)
        let prompt = try PagePrompt(
            pages: shown,
            chosen: shown.map(\.number),
            total: fine.pages.count,
            question: question
                + (cites ? CitedAnswer.instruction(opening: note, isChinese: isChinese) : "\n\n" + note),
            facts: text.map { self.text(of: choice.pages, in: $0) } ?? sheet?.text
        )
        return (prompt, sheet)
    }

    /// Runs of pages that follow each other, of at most `most` pages each.
    public static func windows(of pages: [Int], most: Int) -> [ClosedRange<Int>] {
        pages.reduce(into: []) { windows, page in
            if let last = windows.last, last.upperBound + 1 == page, last.count < most {
                windows[windows.count - 1] = last.lowerBound...page
            } else {
                windows.append(page...page)
            }
        }
    }

    /// The exact words of pages, each under its number.
    private func text(of pages: [Int], in text: SourceText) -> String {
        let texts = pages.map { (number: $0, source: span(of: $0)) }.filter { $0.source.count > 0 }
        return texts.map { page in
            let bytes = text.utf8[page.source.lowerBound..<page.source.upperBound]
            return "[page \(page.number)]\n" + String(decoding: bytes, as: UTF8.self).trimmed + "\n\n"
        }.joined()
    }

    private func note(for choice: Choice, asText: Bool) -> String {
        let (list, total) = (choice.pages.map(String.init).joined(separator: isChinese ? "、" : ", "), fine.pages.count)
        let isOne = choice.pages.count == 1
        if isChinese {
            return asText
                ? "以上是一份 \(total) 页文档的第 \(list) 页的文字，每页之前有页码。"
                : "图像依次是一份 \(total) 页文档的第 \(list) 页。"
        }
        if asText {
            return "Above \(isOne ? "is page" : "are pages") \(list) of a document of \(total) pages as text, "
                + (isOne ? "after its number." : "each after its number.")
        }
        return (isOne ? "The image is page" : "The images are pages") + " \(list) of a document of \(total) pages"
            + (isOne ? "." : ", in order.")
    }

    private func span(of page: Int) -> SourceRange {
        fine.spans.indices.contains(page - 1) ? fine.spans[page - 1].source : SourceRange(0, 0)
    }
}
