// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphAPI
import GlyphHTTP
import GlyphPage
import GlyphReading
import Synchronization

/// What happens while a document is read.
enum DocumentEvent: Sendable {
    /// The next piece of the answer.
    case text(String)
    /// The next piece of what the model thinks before it answers.
    case reasoning(String)
    case retrying(after: Duration, because: ReadingError)
    /// So many windows of all are read; the answer comes at the end.
    case windows(done: Int, count: Int)
    /// Nothing has happened for a while.
    case silent
    /// The answer is complete; nothing follows.
    case finished(DocumentSummary)
}

/// What is known once a document is read.
struct DocumentSummary: Sendable {
    var reading: ReadingSummary
    /// Set where it was read window by window.
    var windows: WindowFacts?
}

/// Where an answer was read, by a reader that sees a few pages at a time.
struct WindowFacts: Sendable, Encodable, Equatable {
    /// Windows that were read.
    var count: Int
    /// Whether one of them had an answer.
    var found: Bool
    /// The first and the last page of the window with the answer; absent if none had one.
    var pages: [Int]?
}

extension ServedReader {
    /// Reads all pages in one prompt or, if the reader's card wants that, a few at a time.
    ///
    /// - Parameters:
    ///   - pages: All pages, in order from 1.
    ///   - question: What to ask.
    ///   - sampling: How the answer is written.
    ///   - facts: The document's exact strings, which what a reader of windows says is compared with.
    /// - Returns: What happens, up to `finished`.
    /// - Throws: `InputError` for pages with a gap and an empty question.
    func read(
        _ pages: [EncodedPage],
        question: String,
        sampling: Sampling,
        facts: FactBook?
    ) throws -> AsyncThrowingStream<DocumentEvent, any Error> {
        let prompt = try PagePrompt(pages: pages, total: pages.count, question: question)
        guard let card else { return read(ReadingRequest(prompt: prompt, sampling: sampling)) }
        let reading = WindowedReading(reader, card, facts: card.facts ? facts : nil)
        return Self.stream { emit in
            let result = try await reading.read(pages, question: question, sampling: sampling) { done, count in
                emit(.windows(done: done, count: count))
            }
            let shown = result.best.map { Array($0.pages) } ?? []
            var corrector = FactCorrector(shown.flatMap { facts?.facts(onPage: $0) ?? [] }, correctsNumbers: true)
            emit(.text(corrector.next(result.best?.answer ?? card.absent) + corrector.finish()))
            let summary = ReadingSummary(
                finishReason: .stop,
                usage: Usage(promptTokens: result.promptTokens, completionTokens: result.completionTokens),
                total: result.total
            )
            let place = WindowFacts(
                count: result.findings.count,
                found: result.best != nil,
                pages: result.best.map { [$0.pages.lowerBound, $0.pages.upperBound] }
            )
            emit(.finished(DocumentSummary(reading: summary, windows: place)))
        }
    }

    /// Reads a prompt as it is.
    func read(_ request: ReadingRequest) -> AsyncThrowingStream<DocumentEvent, any Error> {
        let reader = reader
        return Self.stream { emit in
            for try await event in reader.read(request) {
                switch event {
                case .text(let piece): emit(.text(piece))
                case .reasoning(let piece): emit(.reasoning(piece))
                case .retrying(let pause, let cause): emit(.retrying(after: pause, because: cause))
                case .finished(let summary): emit(.finished(DocumentSummary(reading: summary)))
                }
            }
        }
    }

    private static func stream(
        _ work: @escaping @Sendable (_ emit: (DocumentEvent) -> Void) async throws -> Void
    ) -> AsyncThrowingStream<DocumentEvent, any Error> {
        AsyncThrowingStream { continuation in
            let task = Task {
                do {
                    try await work { continuation.yield($0) }
                    continuation.finish()
                } catch {
                    continuation.finish(throwing: error)
                }
            }
            continuation.onTermination = { _ in task.cancel() }
        }
    }
}

extension AsyncThrowingStream where Element == DocumentEvent, Failure == any Error {
    /// The same events, but not for ever, and not in silence.
    ///
    /// - Parameters:
    ///   - seconds: When the stream ends with a `ServerFault` of status 504.
    ///   - pulse: Seconds without an event after which there is a `silent` one.
    /// - Returns: The events.
    func within(_ seconds: Int, pulse: Double) -> Self {
        let source = self
        return AsyncThrowingStream { continuation in
            let shared = LastEvent()
            let work = Task {
                do {
                    for try await event in source {
                        shared.touch()
                        continuation.yield(event)
                    }
                    continuation.finish()
                } catch {
                    continuation.finish(throwing: error)
                }
            }
            let clock = Task {
                let end = ContinuousClock.now + .seconds(seconds)
                while ContinuousClock.now < end {
                    let next = Swift.min(end, shared.last + .seconds(pulse))
                    try await Task.sleep(until: next, clock: .continuous)
                    if ContinuousClock.now < end, shared.last + .seconds(pulse) <= .now {
                        shared.touch()
                        continuation.yield(.silent)
                    }
                }
                continuation.finish(
                    throwing: ServerFault(
                        504,
                        "the answer took longer than \(seconds) seconds",
                        code: "reading_timeout"
                    )
                )
            }
            continuation.onTermination = { _ in
                work.cancel()
                clock.cancel()
            }
        }
    }
}

/// When something last happened.
private final class LastEvent: Sendable {
    private let moment = Mutex(ContinuousClock.now)

    var last: ContinuousClock.Instant { moment.withLock { $0 } }

    func touch() { moment.withLock { $0 = .now } }
}
