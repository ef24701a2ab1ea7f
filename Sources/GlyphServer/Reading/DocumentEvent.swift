// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphAPI
import GlyphHTTP
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
    /// The pages that are read closely have been chosen.
    case focused(FocusFacts)
    /// The reader has too little memory, so all is drawn coarser and read anew.
    case redrawn(Redrawing)
    /// The answer is complete, and the same question is put to a reader of text.
    case answered(DocumentSummary)
    /// The next piece of what the reader of text answers.
    case comparison(String)
    /// Nothing has happened for a while.
    case silent
    /// Everything is complete; nothing follows.
    case finished(DocumentSummary)
}

/// What is read after the resolution was lowered.
struct Redrawing: Sendable {
    var facts: CompressionFacts
    /// The document, where there is one and not a conversation.
    var document: DrawnDocument?
}

/// What is known once a document is read.
struct DocumentSummary: Sendable {
    var reading: ReadingSummary
    /// Set where it was read window by window.
    var windows: WindowFacts?
    /// Set where a few pages were read closely.
    var focus: FocusFacts?
    /// The places that the answer rests on, where they were asked for.
    var citations: [CitationObject]?
    /// What a reader of text answered, where that was asked for.
    var comparison: ComparisonObject?
    /// What the parts quoted, where places were asked for and the answer was joined from theirs.
    var quoted: [CitedAnswer.Citation]?
    /// The answer without its quotations, where places were asked for.
    var answer: String?
}

/// Where an answer was read, a few pages at a time.
struct WindowFacts: Sendable, Encodable, Equatable {
    /// Windows that were read.
    var count: Int
    /// Whether one of them had an answer.
    var found: Bool
    /// The first and the last page of the window with the answer; absent if none had one or several were joined.
    var pages: [Int]?
    /// Windows whose answers were joined; absent if they were not.
    var joined: Int?
    /// What was asked for and no window tells, of a reader that quotes; absent if there is nothing of the kind.
    var unanswered: [Unanswered]?
    /// What a model with a card misread and was put right from the text; absent if nothing was.
    var corrections: [Correction]?
    /// Lines of a quotation that its pages do not have; absent if there are none.
    var unfound: [String]?

    struct Correction: Sendable, Encodable, Equatable {
        var read: String
        var written: String

        init(_ correction: FactCorrector.Correction) { (read, written) = (correction.read, correction.written) }
    }

    struct Unanswered: Sendable, Encodable, Equatable {
        var question: String
        /// The sentence that comes nearest, and the first and the last page that it stands on.
        var nearest: String?
        var pages: [Int]?

        init(_ unanswered: WindowedReading.Unanswered) {
            (question, nearest) = (unanswered.question, unanswered.nearest)
            pages = unanswered.pages.map { [$0.lowerBound, $0.upperBound] }
        }
    }
}

extension AsyncThrowingStream where Element == DocumentEvent, Failure == any Error {
    /// The events of some work, which is cancelled once nobody listens any more.
    ///
    /// Work may go on in several places at a time, each of which may have to try again: `retrying` can be told from any
    /// of them.
    static func of(_ work: @escaping ServedReader.Work) -> Self {
        .telling { emit in try await work(emit) { emit(.retrying(after: $0, because: $1)) } }
    }

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
