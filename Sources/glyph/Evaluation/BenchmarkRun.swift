// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Foundation
import GlyphPage
import GlyphRaster
import GlyphReading
import GlyphTasks
import GlyphTokens
import GlyphTypeset
import Synchronization

/// Asks every example of a suite with every strategy and rendering configuration, and keeps what came of it.
///
/// Pages of the next example are drawn while the reader works on those before; so many examples are in memory as are
/// asked at the same time, and one more.
struct BenchmarkRun {
    struct Look {
        var name: String
        var config: RenderConfig
    }

    let suite: BenchmarkSuite
    let log: RunLog
    let readerName: String
    let readings: [BenchmarkReading]
    let strategies: [BenchmarkStrategy]
    let looks: [Look]
    let tokenizer: Tokenizer
    let family: ReaderFamily
    let parallel: Int
    let strict: Bool

    /// Does what is not done yet.
    ///
    /// - Parameter progress: Told which share is done, in thousandths, and how many pages were drawn.
    /// - Throws: `InputError` for an example that cannot be made, and `ReadingError` where no example could be read.
    func run(_ progress: (Int, Int) -> Void) async throws {
        var (running, asked, pageCount) = (0, 0, 0)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            for (groupIndex, open) in suite.groups.enumerated() {
                let group = try open()
                for index in 0..<group.count {
                    let example = try group.make(index)
                    var contextTokens: Int?
                    for (strategy, look) in ways {
                        let key = RunItem.Key(
                            reader: readerName,
                            strategy: strategy.rawValue,
                            config: look?.name ?? "text",
                            example: example.id
                        )
                        if log.isDone(key) { continue }
                        let tokens = contextTokens ?? tokenizer.count(example.context, specialTokens: .literal)
                        contextTokens = tokens
                        let drawn = try await look.asyncMap { try await draw(example.context, $0.config) }
                        pageCount += drawn?.pages.count ?? 0
                        if running == parallel { try await tasks.next() } else { running += 1 }
                        let reading = readings[asked % readings.count]
                        asked += 1
                        var item = RunItem(
                            key: key,
                            task: example.task,
                            outcome: .failed(reason: ""),
                            contextTokens: tokens,
                            spentTokens: drawn?.tokens ?? tokens,
                            seconds: 0
                        )
                        if strict, let losses = drawn?.losses, !losses.isEmpty {
                            item.outcome = .failed(reason: "the pages lost text: " + Summary.describe(losses))
                            try log.append(item)
                            running -= 1
                            continue
                        }
                        let unread = item
                        tasks.addTask {
                            try log.append(
                                try await finished(unread, example, drawn?.pages ?? [], strategy, reading)
                            )
                        }
                    }
                    let share = (Double(groupIndex) + Double(index + 1) / Double(group.count))
                    progress(Int(share / Double(suite.groups.count) * 1000), pageCount)
                }
            }
            try await tasks.waitForAll()
        }
    }

    /// Text needs no pages, so it is asked once and not for every look.
    private var ways: [(BenchmarkStrategy, Look?)] {
        strategies.flatMap { strategy in strategy == .text ? [(strategy, nil)] : looks.map { (strategy, $0) } }
    }

    private func finished(
        _ item: RunItem,
        _ example: TaskExample,
        _ pages: [EncodedPage],
        _ strategy: BenchmarkStrategy,
        _ reading: BenchmarkReading
    ) async throws -> RunItem {
        var item = item
        let start = ContinuousClock.now
        do {
            let answer = Reasoning.removed(from: try await reading.answer(example, pages, strategy))
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

    private func draw(
        _ text: String,
        _ config: RenderConfig
    ) async throws -> (pages: [EncodedPage], tokens: Int, losses: Losses) {
        var layouter = try Typesetter.layouter(text: SourceText(text), config: config) { tokenizer.count($0) }
        let pages = Mutex<[EncodedPage]>([])
        var sizes: [(width: Int, height: Int)] = []
        var losses = Losses()
        try await RenderPipeline.run(
            &layouter,
            format: config.imageFormat,
            workers: ProcessInfo.processInfo.activeProcessorCount
        ) { page in
            pages.withLock { $0.append(page) }
        } report: { page in
            sizes.append((page.width, page.height))
            losses += page.losses
        }
        let ordered = pages.withLock { $0.sorted { $0.number < $1.number } }
        return (ordered, try family.promptTokens(forImages: sizes), losses)
    }
}

extension Optional {
    fileprivate func asyncMap<Value>(_ transform: (Wrapped) async throws -> Value) async throws -> Value? {
        guard let self else { return nil }
        return try await transform(self)
    }
}
