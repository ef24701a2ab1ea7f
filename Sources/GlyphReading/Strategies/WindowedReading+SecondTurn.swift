// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage

/// Readers that write pages down first, and find answers in what they wrote.
extension WindowedReading {
    /// What was asked and written down in the first turn.
    struct SecondTurn {
        let question: String
        /// How answers are written.
        let sampling: Sampling
        let windows: [ClosedRange<Int>]
        /// What was written down of each window.
        let pieces: [String]
        let requests: [ReadingRequest]

        /// What was written down of a window, after the beginning of a sentence that goes on with it.
        func read(_ index: Int, _ joints: PageJoints?) -> String {
            guard index > 0, windows[index - 1].upperBound + 1 == windows[index].lowerBound else {
                return pieces[index]
            }
            let start = joints?.unfinished(before: windows[index].lowerBound, in: pieces[index - 1]) ?? ""
            return start + pieces[index]
        }
    }

    /// The answer in what was written down, and what each window contributes.
    ///
    /// Of a reader that quotes, a sentence around a given phrase is looked up there. For everything else the reader is
    /// asked again, as the next turn after what it wrote.
    func answer(
        _ turn: SecondTurn,
        _ tally: inout Tally,
        _ progress: (_ done: Int) -> Void
    ) async throws -> (best: Finding?, findings: [Finding]) {
        guard card.quote != nil else {
            let answers = try await ask(turn, { _ in true }, &tally, progress)
            let findings = turn.windows.indices.map { finding(answers[$0], pages: turn.windows[$0]) }
            return (Self.best(findings), findings)
        }
        let reply = QuotedReply(question: turn.question, absent: card.absent)
        let written = WrittenText(turn.pieces, of: turn.windows, joints: joints)
        if let phrase = reply.soughtPhrase {
            _ = try await inParallel(turn.windows.map { _ in nil }, &tally, progress)
            let passages = written.sentences(holding: phrase)
            let findings = turn.windows.map { window in
                Self.finding(passages.filter { window.contains($0.pages.lowerBound) }) ?? finding(nil, pages: window)
            }
            return (Self.finding(passages), findings)
        }
        let answers = try await ask(turn, reply.mayAnswer, &tally, progress)
        let findings = turn.windows.indices.map { index in
            var finding = finding(answers[index], pages: turn.windows[index])
            let quotations = reply.quotations(in: finding.answer, from: turn.read(index, joints))
            finding.isAbsent = quotations.isEmpty
            // What is no quotation is none with its end either.
            if quotations.isEmpty { finding.finishReason = .stop }
            if let whole = written.completed(quotations, of: index) {
                (finding.answer, finding.pages) = (whole.text, finding.pages.lowerBound...whole.pages.upperBound)
            } else if !quotations.isEmpty {
                finding.answer = Self.squeezed(quotations)
            }
            return finding
        }
        return (Self.best(of: findings, to: reply, written), findings)
    }

    /// Asks the windows that have something to say, as the next turn after what was written down of them.
    private func ask(
        _ turn: SecondTurn,
        _ mayAnswer: (_ read: String) -> Bool,
        _ tally: inout Tally,
        _ progress: (_ done: Int) -> Void
    ) async throws -> [Answer?] {
        let requests = try turn.windows.indices.map { index -> ReadingRequest? in
            let read = turn.read(index, joints)
            guard !turn.pieces[index].isEmpty, mayAnswer(read) else { return nil }
            var request = turn.requests[index]
            let asked = turn.question + instruction(turn.windows[index])
            request.prompt = try request.prompt.followed(by: asked, after: read)
            request.sampling = turn.sampling
            request.sampling.maximumTokens = [turn.sampling.maximumTokens, card.quote].compactMap { $0 }.min()
            return request
        }
        return try await inParallel(requests, &tally, progress)
    }

    /// The best of quotations: those that say what something is count more than those that only speak of it.
    ///
    /// Where several things are asked for all of them, a line each, in the order of the text. Where all of something
    /// are asked for, what stands elsewhere after the same words ("the fee is …") counts too: a page has more than one.
    private static func best(of findings: [Finding], to reply: QuotedReply, _ written: WrittenText) -> Finding? {
        var found = findings.filter { !$0.isAbsent }
        let statements = found.filter { reply.lead(of: $0.answer) != nil }
        if !statements.isEmpty { found = statements }
        guard reply.asksForSeveral, var all = best(found) else { return best(found) }
        let said = found.flatMap { $0.answer.split(separator: "\n").map(String.init) }
        var lines = said.map { (text: $0, start: written.start(of: $0) ?? .max) }
        for lead in reply.asksForAll ? Set(said.compactMap { reply.lead(of: $0) }).sorted() : [] {
            lines += written.clauses(beginning: lead).map { ($0.text, $0.start) }
        }
        var kept: [String] = []
        for line in lines.sorted(by: { ($0.start, $1.text.count) < ($1.start, $0.text.count) }).map(\.text)
        where !kept.contains(where: { $0.hasPrefix(line) }) {
            // Of a clause that a page cuts off, the next page has all.
            kept.removeAll { line.hasPrefix($0) }
            kept.append(line)
        }
        all.answer = kept.joined(separator: "\n")
        all.pages = found[0].pages.lowerBound...found[found.count - 1].pages.upperBound
        return all
    }

    /// Lines with one space for every run of white space, as ``WrittenText`` gives them: a space that a reader doubles
    /// would make two answers of one.
    private static func squeezed(_ text: String) -> String {
        let lines = text.split(separator: "\n").map { line in
            line.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        }
        return lines.joined(separator: "\n")
    }

    /// Passages as one finding, a line each; nil if there are none.
    private static func finding(_ passages: [WrittenText.Passage]) -> Finding? {
        guard let first = passages.first, let last = passages.last else { return nil }
        return Finding(
            pages: first.pages.lowerBound...last.pages.upperBound,
            answer: passages.map(\.text).joined(separator: "\n"),
            meanLogprob: nil,
            isAbsent: false
        )
    }
}
