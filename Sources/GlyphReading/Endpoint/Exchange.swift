// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import AsyncHTTPClient
import GlyphAPI
import NIOCore

/// How a response carries its answer.
enum AnswerFraming: Equatable {
    case events, json, unknown

    /// Looks at how a body begins, and believes the content type where that does not tell.
    ///
    /// Servers that ignore `stream` answer with JSON, sometimes under the type of a stream, or with a stream under the
    /// type of JSON, and proxies with an HTML page and status 200. No line of an event begins like an object or a list,
    /// and no JSON like a field of an event. The network may have cut what is there after its first byte.
    init(contentType: String?, start: ByteBuffer) {
        let type = contentType?.lowercased().prefix { $0 != ";" && $0 != " " } ?? ""
        let bytes = Self.withoutMark(Array(start.readableBytesView.prefix(64)))
        let line = bytes.drop { " \t\r\n".utf8.contains($0) }.prefix { $0 != UInt8(ascii: ":") }
        if let first = line.first, "{[".utf8.contains(first) {
            self = .json
        } else if type != "text/html", line.startIndex < bytes.endIndex,
            ["data", "event", "id", "retry"].contains(where: { $0.utf8.starts(with: line) })
        {
            self = .events
        } else {
            self = type == "text/event-stream" ? .events : type == "application/json" ? .json : .unknown
        }
    }

    /// A body without a byte order mark.
    static func withoutMark(_ bytes: [UInt8]) -> [UInt8] {
        bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes.dropFirst(3)) : bytes
    }
}

/// Reads one response: drives the assembler, moves the watchdog's deadline and measures time to the first token.
struct Exchange {
    let watchdog: Watchdog
    let idle: Duration
    let emit: @Sendable (ReadingEvent) -> Void
    private let started = ContinuousClock.now
    private var assembler = AnswerAssembler()
    private var timeToFirstToken: Duration?

    init(watchdog: Watchdog, idle: Duration, emit: @escaping @Sendable (ReadingEvent) -> Void) {
        self.watchdog = watchdog
        self.idle = idle
        self.emit = emit
    }

    /// Reads a stream until `[DONE]` or its end.
    ///
    /// - Parameters:
    ///   - first: The bytes that were read already.
    ///   - body: The rest.
    /// - Returns: What is known at the end.
    /// - Throws: `AnswerAssembler.Fault`, or `InputError` for an event without end.
    mutating func readEvents(
        _ first: ByteBuffer,
        _ body: inout HTTPClientResponse.Body.AsyncIterator
    ) async throws -> ReadingSummary {
        var parser = ServerSentEvents.Parser()
        var bytes: ByteBuffer? = first
        while let chunk = bytes {
            for event in try parser.push(chunk.readableBytesView) { try take(event) }
            if assembler.isDone { break }
            if timeToFirstToken != nil { watchdog.expect(.nextBytes, within: idle) }
            bytes = try await next(&body)
        }
        if let event = parser.finish() { try take(event) }
        finish()
        return try summary()
    }

    /// Reads an answer that comes in one piece.
    ///
    /// - Parameters:
    ///   - first: The bytes that were read already.
    ///   - body: The rest.
    ///   - limit: The most bytes to accept.
    /// - Returns: What is known at the end.
    /// - Throws: `AnswerAssembler.Fault`.
    mutating func readWhole(
        _ first: ByteBuffer,
        _ body: inout HTTPClientResponse.Body.AsyncIterator,
        limit: Int
    ) async throws -> ReadingSummary {
        var json = Array(first.readableBytesView)
        while let chunk = try await next(&body) {
            json += chunk.readableBytesView
            guard json.count <= limit else {
                throw AnswerAssembler.Fault.unreadable("it is longer than \(limit) bytes")
            }
        }
        for piece in try assembler.take(json: AnswerFraming.withoutMark(json)) { emit(ReadingEvent(piece)) }
        finish()
        return try summary()
    }

    /// A connection that breaks now breaks within the answer: never a reason to send the request again.
    private func next(_ body: inout HTTPClientResponse.Body.AsyncIterator) async throws -> ByteBuffer? {
        do {
            return try await body.next()
        } catch let failure {
            if failure is CancellationError || Task.isCancelled { throw failure }
            // Some servers reset instead of closing; the model had said that it was finished.
            guard assembler.isComplete else { throw AnswerAssembler.Fault.truncated }
            return nil
        }
    }

    private mutating func take(_ event: ServerSentEvents.Event) throws {
        for piece in try assembler.take(event) {
            if timeToFirstToken == nil { timeToFirstToken = .now - started }
            emit(ReadingEvent(piece))
        }
    }

    private mutating func finish() {
        for piece in assembler.finish() { emit(ReadingEvent(piece)) }
    }

    private func summary() throws -> ReadingSummary {
        let ending = try assembler.end()
        return ReadingSummary(
            finishReason: ending.finishReason,
            usage: ending.usage,
            model: ending.model,
            timeToFirstToken: timeToFirstToken,
            meanLogprob: ending.meanLogprob
        )
    }
}

extension ReadingEvent {
    init(_ piece: AnswerAssembler.Piece) {
        switch piece {
        case .text(let text): self = .text(text)
        case .reasoning(let text): self = .reasoning(text)
        }
    }
}
