// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

public import GlyphAPI

/// Something that reads pages and answers: a server, or a script in a test.
public protocol Reader: Sendable {
    /// Starts reading and returns the answer as it is written.
    ///
    /// The stream ends after `.finished`, or throws. Dropping it, or cancelling the task that iterates it, stops the
    /// work. As with every `AsyncThrowingStream`, a cancelled iteration ends without an error and without `.finished`;
    /// `answer(to:)` turns that into `CancellationError`.
    func read(_ request: ReadingRequest) -> AsyncThrowingStream<ReadingEvent, any Error>
}

/// What happens while a reader works.
public enum ReadingEvent: Sendable, Equatable {
    /// The next piece of the answer.
    case text(String)
    /// The next piece of what the model thinks before it answers.
    case reasoning(String)
    /// Nothing was answered yet, and the request is sent again after the pause.
    case retrying(after: Duration, because: ReadingError)
    /// The answer is complete; nothing follows.
    case finished(ReadingSummary)
}

/// Told that a request will be sent again after a pause, and why.
public typealias RetryNotice = @Sendable (_ pause: Duration, _ cause: ReadingError) -> Void

/// What is known once an answer is complete.
public struct ReadingSummary: Sendable, Equatable {
    /// Why the model stopped; `length` means that the answer is cut.
    public var finishReason: FinishReason
    /// The token counts, if the server gives them.
    public var usage: Usage?
    /// The model that answered, if the server says so.
    public var model: String?
    /// From sending the request that succeeded to the first piece of text or reasoning; nil if it came in one piece.
    public var timeToFirstToken: Duration?
    /// From the call to the end of the answer, pauses and failed attempts included.
    public var total: Duration
    /// How often the request was sent, at least 1.
    public var attempts: Int
    /// The mean natural logarithm of the tokens' probabilities, if the request asked for it and the server told.
    public var meanLogprob: Double?

    public init(
        finishReason: FinishReason,
        usage: Usage? = nil,
        model: String? = nil,
        timeToFirstToken: Duration? = nil,
        total: Duration = .zero,
        attempts: Int = 1,
        meanLogprob: Double? = nil
    ) {
        self.finishReason = finishReason
        self.usage = usage
        self.model = model
        self.timeToFirstToken = timeToFirstToken
        self.total = total
        self.attempts = attempts
        self.meanLogprob = meanLogprob
    }
}

/// Why a model stopped writing.
public enum FinishReason: Sendable, Equatable, CustomStringConvertible {
    /// It had said everything, or met a stop string.
    case stop
    /// It ran into the token limit.
    case length
    /// A filter of the server cut it.
    case contentFilter
    /// It stopped while it was still thinking, before an answer; no server calls it that.
    case thoughts
    /// A word that only this server uses.
    case other(String)

    public init(_ wire: String) {
        self =
            switch wire {
            case "stop": .stop
            case "length": .length
            case "content_filter": .contentFilter
            default: .other(wire)
            }
    }

    /// Whether something of the answer is missing.
    public var isCut: Bool { self == .length || self == .contentFilter || self == .thoughts }

    public var description: String {
        switch self {
        case .stop: "stop"
        case .length: "length"
        case .contentFilter: "content_filter"
        case .thoughts: "thoughts"
        case .other(let wire): wire
        }
    }
}

/// A complete answer.
public struct Answer: Sendable, Equatable {
    public var text: String
    public var reasoning: String
    public var summary: ReadingSummary
}

extension Reader {
    /// Reads to the end and returns the whole answer.
    ///
    /// - Parameters:
    ///   - request: What to read and how.
    ///   - retrying: Told before the request is sent again.
    /// - Returns: The answer.
    /// - Throws: What the stream throws, and `CancellationError` if the task was cancelled.
    public func answer(
        to request: ReadingRequest,
        retrying: RetryNotice = { _, _ in }
    ) async throws -> Answer {
        var text = ""
        var reasoning = ""
        for try await event in read(request) {
            switch event {
            case .text(let piece): text += piece
            case .reasoning(let piece): reasoning += piece
            case .retrying(let pause, let cause): retrying(pause, cause)
            case .finished(let summary): return Answer(text: text, reasoning: reasoning, summary: summary)
            }
        }
        throw CancellationError()
    }
}
