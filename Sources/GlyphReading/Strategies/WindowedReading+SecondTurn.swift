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
            let byWindow = Dictionary(grouping: passages) { passage in
                turn.windows.sortedIndex { $0.upperBound >= passage.pages.lowerBound }
            }
            let findings = turn.windows.enumerated().map { index, window in
                byWindow[index].flatMap(Self.finding) ?? finding(nil, pages: window)
            }
            return (Self.finding(passages), findings)
        }
        let answers = try await ask(turn, { reply.mayAnswer($0) ? reply.spelled(as: $0) : nil }, &tally, progress)
        let findings = turn.windows.indices.map { index in
            var finding = finding(answers[index], pages: turn.windows[index])
            let quotations = reply.quotations(in: finding.answer, from: turn.read(index, joints))
            finding.isAbsent = quotations.isEmpty
            // What is no quotation is none with its end either, unless the person allowed less than the card.
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
            // Of a quotation that is cut sooner, nobody could tell what it answers.
            if let quote = card.quote { request.sampling.maximumTokens = quote }
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
        var lines = found.flatMap { finding in
            finding.answer.split(separator: "\n").enumerated().map { index, line in
                Line(String(line), finding.pages(ofLine: index), written)
            }
        }
        lines += others.map { Line($0.text, $0.pages, start: $0.start) }
        let kept = Line.longest(of: lines).sorted { ($0.start, $0.text) < ($1.start, $1.text) }
        all.answer = kept.map(\.text).joined(separator: "\n")
        all.linePages = kept.map(\.pages)
        let pages = kept.map(\.pages)
        all.pages = (pages.map(\.lowerBound).min() ?? 1)...(pages.map(\.upperBound).max() ?? 1)
        return all
    }

    /// A line of an answer that is put together from several.
    private struct Line {
        let text: String
        let pages: ClosedRange<Int>
        /// Where it stands in what was written down.
        let start: Int
        private let lowercased: String

        init(_ text: String, _ pages: ClosedRange<Int>, start: Int) {
            (self.text, self.pages, self.start, lowercased) = (text, pages, start, text.lowercased())
        }

        init(_ text: String, _ pages: ClosedRange<Int>, _ written: WrittenText) {
            self.init(text, pages, start: written.start(of: text, onPage: pages.lowerBound) ?? .max)
        }

        /// Those that no other begins with, and of equal ones the first.
        ///
        /// Of a clause that a page cuts off, the next page has all.
        static func longest(of lines: [Line]) -> [Line] {
            // In this order what begins with a line follows it.
            let sorted = lines.sorted { ($0.lowercased, $1.start) < ($1.lowercased, $0.start) }
            return sorted.indices.filter { index in
                let line = sorted[index].lowercased
                let others = sorted[(index + 1)...].prefix { $0.lowercased.hasPrefix(line) }
                return !others.contains { goesOn($0.lowercased.dropFirst(line.count)) }
            }.map { sorted[$0] }
        }

        /// Whether a line goes on after its beginning, and is not another word or number.
        private static func goesOn(_ rest: Substring) -> Bool {
            guard let next = rest.first, !next.isLetter, !next.isNumber else { return rest.isEmpty }
            return !".,".contains(next) || !(rest.dropFirst().first?.isNumber ?? false)
        }
    }

    /// What a window says to two questions.
    private static func together(_ one: Finding, _ other: Finding) -> Finding {
        var both = one.isAbsent ? other : one
        both.finishReason = [one, other].map(\.finishReason).first(where: \.isCut) ?? .stop
        guard !one.isAbsent, !other.isAbsent else { return both }
        both.answer += "\n" + other.answer
        both.pages =
            min(one.pages.lowerBound, other.pages.lowerBound)...max(one.pages.upperBound, other.pages.upperBound)
        both.meanLogprob = [one.meanLogprob, other.meanLogprob].compactMap { $0 }.max()
        both.linePages = [one, other].flatMap { finding in
            finding.answer.split(separator: "\n").indices.map(finding.pages(ofLine:))
        }
        return both
    }

    /// Lines with one space for every run of white space, as the written text's passages have them.
    ///
    /// A space that a reader doubles would make two answers of one. A bracket that closes what began before the quotation
    /// is left out.
    private static func squeezed(_ text: String) -> String {
        let lines = text.split(separator: "\n").map { line in
            var line = line.collapsedWhiteSpace
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
            linePages: passages.map(\.pages),
            meanLogprob: nil,
            isAbsent: false
        )
    }
}
