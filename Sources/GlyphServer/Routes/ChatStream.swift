// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphAPI
import GlyphHTTP

/// An answer as OpenAI's stream of chunks.
///
/// The response begins with the first piece, so that a reader that fails before it says anything still gets a status of
/// its own; but it begins without one when the client has heard nothing for a while, before a proxy gives up.
final class ChatStream {
    private let exchange: HTTPExchange
    private var answer: ServiceCompletion
    private var isOpen = false
    private var hasRested = false

    init(_ exchange: HTTPExchange, _ answer: ServiceCompletion) {
        (self.exchange, self.answer) = (exchange, answer)
    }

    /// Sends what there is to send of an event.
    func take(_ event: DocumentEvent) async throws {
        switch event {
        case .text(let piece): try await write(AnswerPart(content: piece))
        case .reasoning(let piece): try await write(AnswerPart(reasoningContent: piece))
        case .silent:
            try await open()
            try await exchange.writeComment("reading")
        case .windows(let done, let count):
            if isOpen { try await exchange.writeComment("window \(done) of \(count)") }
        case .redrawn(let redrawing): answer.facts = redrawing.facts
        case .retrying, .focused, .answered, .comparison, .finished: break
        }
    }

    /// Says that the request still waits, from the second time on.
    func rest(_ text: String) async throws {
        defer { hasRested = true }
        guard hasRested else { return }
        try await open()
        try await exchange.writeComment(text)
    }

    /// Ends the stream.
    func finish(_ summary: DocumentSummary) async throws {
        try await open()
        for chunk in answer.closing(summary) { try await exchange.write(chunk) }
        try await exchange.write(ServerSentEvents.encode(.init(data: ServerSentEvents.done)))
        try await exchange.end()
    }

    private func open() async throws {
        guard !isOpen else { return }
        isOpen = true
        try await exchange.beginEvents()
        try await exchange.write(answer.chunk(AnswerPart(role: "assistant", content: "")))
    }

    private func write(_ part: AnswerPart) async throws {
        try await open()
        try await exchange.write(answer.chunk(part))
    }
}
