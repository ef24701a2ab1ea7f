// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage

/// Readers that write pages down first, and find answers in what they wrote.
extension WindowedReading {
    /// What was asked and written down in the first turn.
    struct SecondTurn {
        let question: String
        let windows: [ClosedRange<Int>]
        /// What was written down of each window.
        let pieces: [String]
        let requests: [ReadingRequest]
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
        let reply = card.quote.map { _ in QuotedReply(question: turn.question, absent: card.absent) }
        if let phrase = reply?.soughtPhrase {
            _ = try await inParallel(turn.windows.map { _ in nil }, &tally, progress)
            let passages = written(turn).sentences(holding: phrase)
            let findings = turn.windows.map { window in
                Self.finding(passages.filter { window.contains($0.pages.lowerBound) }) ?? finding(nil, pages: window)
            }
            return (Self.finding(passages), findings)
        }
        let read = turn.windows.indices.map { carried(to: $0, turn) + turn.pieces[$0] }
        let requests = try turn.windows.indices.map { index -> ReadingRequest? in
            guard !turn.pieces[index].isEmpty, reply?.mayAnswer(read[index]) ?? true else { return nil }
            var request = turn.requests[index]
            let asked = turn.question + instruction(turn.windows[index])
            request.prompt = try request.prompt.followed(by: asked, after: read[index])
            request.sampling.maximumTokens = [request.sampling.maximumTokens, card.quote].compactMap { $0 }.min()
            return request
        }
        let answers = try await inParallel(requests, &tally, progress)
        let findings = turn.windows.indices.map { index in
            var finding = finding(answers[index], pages: turn.windows[index])
            if let reply {
                let quotations = reply.quotations(in: finding.answer, from: read[index])
                finding.isAbsent = quotations.isEmpty
                if !quotations.isEmpty { finding.answer = quotations }
            }
            return finding
        }
        guard let reply else { return (Self.best(findings), findings) }
        return (best(of: findings, to: reply, turn), findings)
    }

    /// The best of quotations: those that say what something is count more than those that only speak of it.
    ///
    /// Where several things are asked for all of them, a line each, in the order of the text. Where all of something
    /// are asked for, what stands elsewhere after the same words ("the fee is …") counts too: a page has more than one.
    private func best(of findings: [Finding], to reply: QuotedReply, _ turn: SecondTurn) -> Finding? {
        var found = findings.filter { !$0.isAbsent }
        let statements = found.filter { reply.lead(of: $0.answer) != nil }
        if !statements.isEmpty { found = statements }
        guard reply.asksForSeveral, var all = Self.best(found) else { return Self.best(found) }
        let written = written(turn)
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

    private func written(_ turn: SecondTurn) -> WrittenText {
        WrittenText(turn.pieces, of: turn.windows, joints: joints)
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

    /// The beginning of a sentence that goes on with a window, as far as the window before it was read.
    private func carried(to index: Int, _ turn: SecondTurn) -> String {
        guard index > 0, turn.windows[index - 1].upperBound + 1 == turn.windows[index].lowerBound else { return "" }
        return joints?.unfinished(before: turn.windows[index].lowerBound, in: turn.pieces[index - 1]) ?? ""
    }
}
