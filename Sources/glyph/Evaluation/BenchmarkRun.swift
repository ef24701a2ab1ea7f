// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Foundation
import GlyphPage
import GlyphReading
import GlyphTasks
import GlyphTokens
import GlyphTypeset

/// Asks every example of a suite in every way, and keeps what came of it.
///
/// Examples are made and their pages drawn ahead, several at a time, so that a reader never waits for them once the
/// first are there. As many wait as are asked at the same time, and those that are being made come on top; memory does
/// not grow with the suite.
struct BenchmarkRun: Sendable {
    let suite: BenchmarkSuite
    let log: RunLog
    let readerName: String
    let reading: BenchmarkReading
    let strategies: [BenchmarkStrategy]
    let facts: [FactBook.Choice]
    let looks: [BenchmarkWay.Look]
    /// What tells readings by `focus` with other options than usual apart.
    let focusVariant: String
    let tokenizer: Tokenizer
    let parallel: Int
    let strict: Bool

    /// An example with its pages, to be asked in one way.
    struct Question: Sendable {
        var key: RunItem.Key
        var example: TaskExample
        var pages: BenchmarkPages?
        var way: BenchmarkWay
        var contextTokens: Int
    }

    enum Event: Sendable {
        /// An example is ready: what is not done of it, and the keys of all of it.
        case made([Question], keys: [RunItem.Key])
        case asked
        /// Making or asking met what stops the run.
        case failed(any Error, whileMaking: Bool)
        /// After that, the time for answers is over.
        case late
    }

    /// How long answers that are on their way are waited for once the run stops.
    private static let patience = Duration.seconds(60)

    /// Does what is not done yet.
    ///
    /// A fault stops the run, but what is being asked is still answered, if that takes no more than a minute.
    ///
    /// - Parameter progress: Told which share is made, in thousandths, and how many pages were drawn.
    /// - Returns: How many examples there are, and the keys of all that is asked about them, now or in a run before.
    /// - Throws: `InputError` for an example that cannot be made, and `ReadingError` where no example could be read.
    func run(_ progress: (Int, Int) -> Void) async throws -> (examples: Int, keys: Set<RunItem.Key>) {
        var state = State(suite, parallel: parallel)
        await withTaskGroup(of: Event.self) { tasks in
            var isStopping = false
            while true {
                while let question = state.nextQuestion() {
                    tasks.addTask {
                        await Self.event(whileMaking: false) {
                            try log.append(try await answered(question))
                            return .asked
                        }
                    }
                }
                while let make = state.nextExample() {
                    tasks.addTask {
                        await Self.event(whileMaking: true) {
                            let example = try make()
                            return .made(
                                try await questions(example, alone: parallel == 1),
                                keys: self.keys(of: example).map(\.key)
                            )
                        }
                    }
                }
                if state.fault != nil, !isStopping {
                    isStopping = true
                    tasks.addTask {
                        try? await Task.sleep(for: Self.patience)
                        return .late
                    }
                }
                if isStopping, state.isIdle { tasks.cancelAll() }
                guard let event = await tasks.next() else { return }
                state.take(event)
                switch event {
                case .made: progress(state.share, state.pageCount)
                case .late: tasks.cancelAll()
                case .asked, .failed: break
                }
            }
        }
        if let fault = state.fault { throw fault }
        return (state.made, state.keys)
    }

    private static func event(whileMaking: Bool, _ work: @Sendable () async throws -> Event) async -> Event {
        do { return try await work() } catch { return .failed(error, whileMaking: whileMaking) }
    }

    /// The ways in which an example is asked.
    private var ways: [BenchmarkWay] {
        strategies.flatMap { strategy in
            (strategy.takesFacts ? facts : [.off]).flatMap { facts in
                (strategy == .text ? [nil] : looks.indices.map { $0 }).map { look in
                    BenchmarkWay(
                        strategy: strategy,
                        facts: facts,
                        variant: strategy == .focus ? focusVariant : "",
                        look: look
                    )
                }
            }
        }
    }

    /// The ways in which an example is asked, each with the key of what comes of it.
    private func keys(of example: TaskExample) -> [(way: BenchmarkWay, key: RunItem.Key)] {
        ways.map { way in
            let look = way.look.map { looks[$0].name } ?? "text"
            let key = RunItem.Key(reader: readerName, strategy: way.name, config: look, example: example.id)
            return (way: way, key: key)
        }
    }

    /// What is not done of an example, its pages drawn once for all strategies.
    private func questions(_ example: TaskExample, alone: Bool) async throws -> [Question] {
        let open = keys(of: example).filter { !log.isDone($0.key) }
        guard !open.isEmpty else { return [] }
        let text = SourceText(example.context)
        let tokens = tokenizer.count(example.context, specialTokens: .literal)
        // Where many examples are drawn at the same time, each is drawn by one worker.
        let workers = alone ? ThreadPool.processors : 1
        var drawn: [Int: BenchmarkPages] = [:]
        var questions: [Question] = []
        for (way, key) in open {
            if let look = way.look, drawn[look] == nil {
                drawn[look] = try await BenchmarkPages(text, looks[look], tokenizer, workers: workers)
            }
            let pages = way.look.flatMap { drawn[$0] }
            questions.append(Question(key: key, example: example, pages: pages, way: way, contextTokens: tokens))
        }
        return questions
    }

    private func answered(_ question: Question) async throws -> RunItem {
        let example = question.example
        var item = RunItem(
            key: question.key,
            task: example.task,
            outcome: .failed(reason: ""),
            contextTokens: question.contextTokens,
            spentTokens: question.contextTokens,
            seconds: 0
        )
        if strict, let losses = question.pages?.losses, !losses.isEmpty {
            item.outcome = .failed(reason: "the pages lost text: " + Summary.describe(losses))
            return item
        }
        let start = ContinuousClock.now
        do {
            let said = try await reading.answer(example, question.pages, question.way)
            let answer = Reasoning.removed(from: said.answer)
            item.spentTokens = said.spentTokens
            item.outcome = .answered(text: answer, score: example.score(answer, chinese: suite.chinese))
            if suite.isTranscription {
                item.errors = ErrorCount.characters(read: answer, written: example.context)
                item.wordErrors = ErrorCount.words(read: answer, written: example.context)
            }
        } catch let fault as ReadingError where !Self.concernsAll(fault) {
            item.outcome = .failed(reason: fault.description)
        }
        item.seconds = (.now - start).milliseconds / 1000
        return item
    }

    /// Whether a failure says nothing about the example: then the run stops, and goes on where it was once it can.
    private static func concernsAll(_ fault: ReadingError) -> Bool {
        switch fault.kind {
        case .unauthorized, .forbidden, .notFound, .refused, .unknownHost, .tls, .ambiguousModel, .engineFailure: true
        default: false
        }
    }
}
