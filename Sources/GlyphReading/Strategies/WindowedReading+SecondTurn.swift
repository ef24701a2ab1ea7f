// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage

/// Readers that write pages down first, and find answers in what they wrote.
extension WindowedReading {
    /// What was written down in the first turn.
    struct SecondTurn {
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

    /// The answers to questions in what was written down, and what each window contributes.
    func answer(
        _ questions: [String],
        _ turn: SecondTurn,
        _ tally: inout Tally,
        _ progress: (_ done: Int) -> Void
    ) async throws -> (best: Finding?, findings: [Finding], unanswered: [Unanswered]) {
        guard card.quote != nil else {
            let answers = try await ask(turn, { _ in questions[0] }, &tally, progress)
            let findings = turn.windows.indices.map { finding(answers[$0], pages: turn.windows[$0]) }
            return (Self.best(findings), findings, [])
        }
        let written = WrittenText(turn.pieces, of: turn.windows, joints: joints)
        var found: [Finding] = []
        var findings: [Finding] = []
        var unanswered: [Unanswered] = []
        for question in questions {
            let reply = QuotedReply(question: question, absent: card.absent)
            let (best, said) = try await quotations(for: reply, written, turn, &tally, progress)
            findings = findings.isEmpty ? said : zip(findings, said).map(Self.together)
            if let best {
                found.append(best)
            } else {
                let nearest = reply.soughtPhrase == nil ? written.nearest(to: reply.sought) : nil
                unanswered.append(Unanswered(question: question, nearest: nearest?.text, pages: nearest?.pages))
            }
        }
        return (found.count > 1 ? Self.inOrder(found, written) : found.first, findings, unanswered)
    }

    /// The quotations that answer a question.
    ///
    /// A sentence around a given phrase is looked up in what was written down. For everything else the reader is asked
    /// again, as the next turn after what it wrote.
    private func quotations(
        for reply: QuotedReply,
        _ written: WrittenText,
        _ turn: SecondTurn,
        _ tally: inout Tally,
        _ progress: (_ done: Int) -> Void
    ) async throws -> (best: Finding?, findings: [Finding]) {
        if let phrase = reply.soughtPhrase {
            _ = try await inParallel(turn.windows.map { _ in nil }, &tally, progress)
            let passages = written.sentences(holding: phrase)
            let findings = turn.windows.map { window in
                Self.finding(passages.filter { window.contains($0.pages.lowerBound) }) ?? finding(nil, pages: window)
            }
            return (Self.finding(passages), findings)
        }
        let answers = try await ask(turn, { reply.mayAnswer($0) ? reply.spelled(as: $0) : nil }, &tally, progress)
        let findings = turn.windows.indices.map { index in
            var finding = finding(answers[index], pages: turn.windows[index])
            let quotations = reply.quotations(in: finding.answer, from: turn.read(index, joints))
            finding.isAbsent = quotations.isEmpty
            // What is no quotation is none with its end either, unless the person allowed less than the card.
            if quotations.isEmpty, limit(turn.sampling) == card.quote { finding.finishReason = .stop }
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
        _ question: (_ read: String) -> String?,
        _ tally: inout Tally,
        _ progress: (_ done: Int) -> Void
    ) async throws -> [Answer?] {
        let requests = try turn.windows.indices.map { index -> ReadingRequest? in
            let read = turn.read(index, joints)
            guard !turn.pieces[index].isEmpty, let question = question(read) else { return nil }
            var request = turn.requests[index]
            let asked = question + instruction(turn.windows[index])
            request.prompt = try request.prompt.followed(by: asked, after: read)
            request.sampling = turn.sampling
            request.sampling.maximumTokens = limit(turn.sampling)
            return request
        }
        return try await inParallel(requests, &tally, progress)
    }

    /// The most tokens of an answer.
    private func limit(_ sampling: Sampling) -> Int? {
        [sampling.maximumTokens, card.quote].compactMap { $0 }.min()
    }

    /// The best of quotations: those that say what something is count more than those that only speak of it.
    ///
    /// Where several things are asked for all of them, a line each, in the order of the text. Where all of something
    /// are asked for, what stands elsewhere after the same words ("the fee is …") counts too: a page has more than one.
    private static func best(of findings: [Finding], to reply: QuotedReply, _ written: WrittenText) -> Finding? {
        var found = findings.filter { !$0.isAbsent }
        let statements = found.filter { reply.lead(of: $0.answer) != nil }
        if !statements.isEmpty { found = statements }
        guard reply.asksForSeveral else { return best(found) }
        let leads = found.flatMap { $0.answer.split(separator: "\n") }.compactMap { reply.lead(of: String($0)) }
        let others = reply.asksForAll ? Set(leads).sorted().flatMap { written.clauses(beginning: $0) } : []
        return inOrder(found, written, and: others)
    }

    /// Findings as one, a line each, in the order of the text; with other passages of the same kind.
    private static func inOrder(
        _ found: [Finding],
        _ written: WrittenText,
        and others: [WrittenText.Passage] = []
    ) -> Finding? {
        guard var all = best(found) else { return nil }
        let said = found.flatMap { $0.answer.split(separator: "\n").map(String.init) }
        var lines = said.map { (text: $0, start: written.start(of: $0) ?? .max) }
        lines += others.map { (text: $0.text, start: $0.start) }
        var kept: [String] = []
        for line in lines.sorted(by: { ($0.start, $1.text.count) < ($1.start, $0.text.count) }).map(\.text)
        where !kept.contains(where: { Self.begins($0, with: line) }) {
            // Of a clause that a page cuts off, the next page has all.
            kept.removeAll { Self.begins(line, with: $0) }
            kept.append(line)
        }
        all.answer = kept.joined(separator: "\n")
        let pages = found.map(\.pages)
        all.pages = (pages.map(\.lowerBound).min() ?? 1)...(pages.map(\.upperBound).max() ?? 1)
        return all
    }

    private static func begins(_ line: String, with start: String) -> Bool {
        line.lowercased().hasPrefix(start.lowercased())
    }

    /// What a window says to two questions.
    private static func together(_ one: Finding, _ other: Finding) -> Finding {
        guard !one.isAbsent, !other.isAbsent else { return one.isAbsent ? other : one }
        var both = one
        both.answer += "\n" + other.answer
        both.pages =
            min(one.pages.lowerBound, other.pages.lowerBound)...max(one.pages.upperBound, other.pages.upperBound)
        both.meanLogprob = [one.meanLogprob, other.meanLogprob].compactMap { $0 }.max()
        if !one.finishReason.isCut { both.finishReason = other.finishReason }
        return both
    }

    /// Lines with one space for every run of white space, as the written text's passages have them.
    ///
    /// A space that a reader doubles would make two answers of one. A bracket that closes what began before the quotation
    /// is left out.
    private static func squeezed(_ text: String) -> String {
        let lines = text.split(separator: "\n").map { line in
            var line = line.split(whereSeparator: \.isWhitespace).joined(separator: " ")
            for (opening, closing) in [("(", ")"), ("[", "]")] as [(Character, Character)]
            where line.last == closing && !line.contains(opening) {
                line.removeLast()
            }
            return line
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
