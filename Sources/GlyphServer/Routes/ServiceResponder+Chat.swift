// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphAPI
import GlyphHTTP
import GlyphPage
import GlyphReading
import Synchronization

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

extension ServiceResponder {
    /// `POST /v1/chat/completions`: OpenAI's request, and a `glyph` object that says how long text becomes pages.
    @Sendable func chat(_ body: [UInt8], _ exchange: HTTPExchange) async throws {
        let served = try reader()
        let incoming = try WireJSON.decode(IncomingChat.self, from: body, at: ServerFault.bodyLocation)
        let wire = incoming.request
        guard !wire.messages.isEmpty, wire.messages.count <= limits.messages else {
            throw InputError(at: "messages", "\(wire.messages.count) messages", expected: "1 to \(limits.messages)")
        }
        let sampling = try sampling(wire)
        var options: ChatCompression.Options?
        if incoming.hasGlyphOptions {
            var fields = try Self.fields(of: body)
            if var glyph = try fields.object(IncomingChat.glyphOptions) {
                options = try ChatCompression.Options(&glyph, look: look(&glyph))
                try glyph.finish("the glyph object", remedy: "Leave it out; docs/service.md lists the fields")
            }
        }
        var none = try JSONFields(.object([]), path: IncomingChat.glyphOptions)
        let model = try await served.check(model: wire.model)
        let compression = ChatCompression(pages, try options ?? ChatCompression.Options(&none, look: look(&none)))
        let (messages, facts) = try await compression.compress(wire.messages)
        let request = ReadingRequest(prompt: try PagePrompt(conversation: messages), sampling: sampling)
        let answer = ServiceCompletion(
            model: model,
            facts: facts,
            includesUsage: wire.streamOptions?.includeUsage ?? false
        )
        try await readings.withPlace {
            if wire.stream == true {
                try await stream(served, request, answer, exchange)
            } else {
                try await whole(served, request, answer, exchange)
            }
        }
    }

    private func whole(
        _ served: ServedReader,
        _ request: ReadingRequest,
        _ answer: ServiceCompletion,
        _ exchange: HTTPExchange
    ) async throws {
        var part = AnswerPart(role: "assistant", content: "")
        let summary = try await read(served, request) { event in
            switch event {
            case .text(let piece): part.content = (part.content ?? "") + piece
            case .reasoning(let piece): part.reasoningContent = (part.reasoningContent ?? "") + piece
            case .retrying, .finished: break
            }
        }
        try await exchange.send(200, try WireJSON.encode(answer.whole(part, summary)))
    }

    private func stream(
        _ served: ServedReader,
        _ request: ReadingRequest,
        _ answer: ServiceCompletion,
        _ exchange: HTTPExchange
    ) async throws {
        var isOpen = false
        /// A reader that fails before it says anything still gets a status of its own.
        func write(_ part: AnswerPart) async throws {
            if !isOpen {
                isOpen = true
                try await exchange.beginEvents()
                try await exchange.write(answer.chunk(AnswerPart(role: "assistant", content: "")))
            }
            try await exchange.write(answer.chunk(part))
        }
        let summary = try await read(served, request) { event in
            switch event {
            case .text(let piece): try await write(AnswerPart(content: piece))
            case .reasoning(let piece): try await write(AnswerPart(reasoningContent: piece))
            case .retrying, .finished: break
            }
        }
        if !isOpen { try await write(AnswerPart()) }
        for chunk in answer.closing(summary) { try await exchange.write(chunk) }
        try await exchange.write(ServerSentEvents.encode(.init(data: ServerSentEvents.done)))
        try await exchange.end()
    }

    private func sampling(_ wire: ChatRequest) throws -> Sampling {
        let unsupported: [(name: String, isThere: Bool)] = [
            ("logprobs", wire.logprobs == true), ("top_logprobs", (wire.topLogprobs ?? 0) > 0),
            ("repetition_penalty", (wire.repetitionPenalty ?? 1) != 1), ("ignore_eos", wire.ignoreEndTokens == true),
        ]
        if let first = unsupported.first(where: \.isThere) {
            throw InputError(at: first.name, "this service does not support it", remedy: "Leave it out")
        }
        let field = wire.maxCompletionTokens == nil ? "max_tokens" : "max_completion_tokens"
        let wanted = wire.maxCompletionTokens ?? wire.maxTokens
        if let wanted, !(1...limits.answerTokens).contains(wanted) {
            throw InputError(at: field, "\(wanted)", expected: "1 to \(limits.answerTokens)")
        }
        if let temperature = wire.temperature, !(0...2).contains(temperature) {
            throw InputError(at: "temperature", "\(temperature)", expected: "0 to 2")
        }
        if let topP = wire.topP, !(topP > 0 && topP <= 1) {
            throw InputError(at: "top_p", "\(topP)", expected: "above 0, to 1")
        }
        let stop = wire.stop?.strings ?? []
        guard stop.count <= 16, stop.allSatisfy({ (1...1024).contains($0.utf8.count) }) else {
            throw InputError(at: "stop", "\(stop.count) strings", expected: "at most 16, of 1 to 1024 bytes")
        }
        return Sampling(
            maximumTokens: wanted,
            tokenLimitField: wire.maxCompletionTokens == nil ? .maxTokens : .maxCompletionTokens,
            temperature: wire.temperature,
            topP: wire.topP,
            topK: wire.topK,
            seed: wire.seed,
            stop: stop
        )
    }
}
