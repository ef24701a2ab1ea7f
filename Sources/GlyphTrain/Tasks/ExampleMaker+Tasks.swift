// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage
import GlyphTasks

/// How an example of each kind of task is made; `TaskKind` says what the kinds are.
///
/// The order of the draws is part of a run: whoever changes it changes what every later step sees.
extension ExampleMaker {
    func transcription(_ plan: ExamplePlan, _ random: inout SplitMix64) throws -> TrainingExample {
        let page = try page(plan.sampler.text(plan.count, &random), plan, &random)
        return try writer.sequence([.page(page), .wanted(page.text)])
    }

    func transcriptionOfTwo(_ plan: ExamplePlan, _ random: inout SplitMix64) throws -> TrainingExample {
        let (text, capacity) = (plan.sampler.text(plan.count * 2, &random), plan.shape.capacity)
        let half = text.prefix(min(text.count / 2, capacity))
        let first = try page(Array(half), plan, &random)
        // The second goes on where the first ends.
        let rest = text.dropFirst(min(text.count / 2, first.scalars.count))
        let both = [first, try page(Array(rest.prefix(capacity)), plan, &random)]
        return try writer.sequence(both.map(ExampleWriter.Piece.page) + [.wanted(both.flatMap(\.text))])
    }

    func transcriptionOfLines(_ plan: ExamplePlan, _ random: inout SplitMix64) throws -> TrainingExample {
        let page = try page(plan.sampler.text(plan.count, &random), plan, &random)
        let first = Int.random(in: 0..<max(1, page.lines.count), using: &random)
        let last = Int.random(in: first..<max(first + 1, page.lines.count), using: &random)
        // A page of white space alone has no lines.
        let lines = page.lines.isEmpty ? [0..<page.text.count] : page.lines[first...last]
        let bytes = page.text[lines[lines.startIndex].lowerBound..<lines[lines.endIndex - 1].upperBound]
        let request = Array("\(first + 1)-\(last + 1): ".utf8)
        return try writer.sequence([.page(page), .given(request), .wanted(Array(bytes))])
    }

    /// Text in front of a page, the page, and the text behind it.
    func continuation(_ plan: ExamplePlan, _ random: inout SplitMix64) throws -> TrainingExample {
        let count = plan.count
        let text = plan.sampler.text(count * 3 / 2, &random)
        let (before, shown) = (text.prefix(count / 4), text.dropFirst(count / 4).prefix(count))
        let after = text.dropFirst(count / 4 + count)
        let page = try page(Array(shown), isWhole: true, plan, &random)
        return try writer.sequence([.given(Self.utf8(before)), .page(page), .wanted(Self.utf8(after))])
    }

    /// Some words of a page, and how the page goes on behind them.
    func resumption(_ plan: ExamplePlan, _ random: inout SplitMix64) throws -> TrainingExample {
        let page = try page(plan.sampler.text(plan.count, &random), plan, &random)
        let text = page.scalars
        // One place to the end of the page; several for a little each, so that finding them is most of the work.
        let places = min(plan.stage.questionCount, max(1, text.count / 24))
        var pieces: [ExampleWriter.Piece] = [.page(page)]
        for _ in 0..<places {
            let latest = places > 1 ? text.count - 24 : text.count / 2
            let start = Int.random(in: 0..<max(1, latest), using: &random)
            let length = places > 1 ? Int.random(in: 8...16, using: &random) : min(16, text.count / 2)
            let shown = text[start...].prefix(length)
            let rest = text[(start + shown.count)...]
            pieces += [.given(Self.utf8(shown)), .wanted(Self.utf8(rest.prefix(places > 1 ? 16 : rest.count)))]
        }
        return try writer.sequence(pieces)
    }

    func instructedTranscription(_ plan: ExamplePlan, _ random: inout SplitMix64) throws -> TrainingExample {
        let page = try page(plan.sampler.text(plan.count, &random), plan, &random)
        return try writer.chat(page, [.init(TranscriptionTask.question, page.text)])
    }

    // MARK: - Questions

    /// Makes up a text of about `count` characters, and asks about it.
    typealias Asking = (_ count: Int, inout SplitMix64) throws -> Questions.Asked

    /// Questions about a page, for some pages asked once the page has been written down.
    func answers(_ plan: ExamplePlan, _ random: inout SplitMix64, _ ask: Asking) throws -> TrainingExample {
        // A small model finds things in text that it wrote far more easily than on the page.
        if Double.random(in: 0..<1, using: &random) < plan.stage.aloud {
            return try answersAloud(plan, &random, ask)
        }
        let asked = try ask(plan.count, &random)
        // Only what the page shows may be asked about, so what is asked about has to be there as a whole.
        return try writer.chat(try page(asked.text, isWhole: true, plan, &random), asked.questions)
    }

    private func answersAloud(
        _ plan: ExamplePlan,
        _ random: inout SplitMix64,
        _ ask: Asking
    ) throws -> TrainingExample {
        // What the page before left unfinished stands in front of what this one says, as in WindowedReading.
        let isCarried = Double.random(in: 0..<1, using: &random) < plan.stage.carry
        let asked = try ask(plan.count + (isCarried ? Int.random(in: 8...96, using: &random) : 0), &random)
        let shown = asked.text.suffix(plan.count).drop(while: \.isSpace)
        let page = try page(Array(shown), isWhole: true, plan, &random)
        let carried = Self.utf8(asked.text.dropLast(shown.count))
        let reading = Questions.Question(TranscriptionTask.question, page.text, after: carried)
        return try writer.chat(page, [reading] + asked.questions)
    }

    private static func utf8(_ scalars: some Sequence<Unicode.Scalar>) -> [UInt8] {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars)
        return Array(String(view).utf8)
    }
}
