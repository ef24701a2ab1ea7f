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
        let compressed = try await compression.compress(wire.messages)
        try check(compressed, served)
        let begin = events(of: compressed, compression, wire.messages, sampling, served)
        let answer = ServiceCompletion(
            model: model,
            facts: compressed.facts,
            includesUsage: wire.streamOptions?.includeUsage ?? false
        )
        let stream = wire.stream == true ? ChatStream(exchange, answer) : nil
        try await readings.withPlace(onWaiting: { position in
            // At first nobody is kept from an error with a status of its own.
            try await stream?.rest("position \(position)")
        }) {
            if let stream {
                try await stream.finish(try await read(begin(), stream.take))
            } else {
                try await whole(begin(), answer, exchange)
            }
        }
    }

    /// Refuses what cannot be asked, before a stream begins.
    private func check(_ compressed: ChatCompression.Compressed, _ served: ServedReader) throws {
        guard served.card != nil, !compressed.documents.isEmpty else { return }
        guard compressed.question.contains(where: { !$0.isWhitespace }) else {
            throw InputError(
                at: "messages",
                "this model reads a document and a question, and the last message asks nothing",
                expected: "the question as the last paragraph, or as a text of its own"
            )
        }
    }

    /// Begins to read a conversation; nothing is asked until somebody listens.
    private func events(
        of compressed: ChatCompression.Compressed,
        _ compression: ChatCompression,
        _ messages: [ChatMessage],
        _ sampling: Sampling,
        _ served: ServedReader
    ) -> @Sendable () -> AsyncThrowingStream<DocumentEvent, any Error> {
        {
            .coarsening((compressed, compression)) { drawn, emit in
                emit(.finished(try await self.read(drawn.0, sampling, served, emit)))
            } redraw: { drawn in
                // Without a page of ours there is nothing to draw.
                guard !drawn.0.documents.isEmpty else { throw Look.NothingCoarser() }
                let compression = drawn.1.coarser()
                let compressed = try await compression.compress(messages)
                return ((compressed, compression), Redrawing(facts: compressed.facts))
            }
        }
    }

    /// Reads a conversation: as it is or, for a reader that sees a few pages at a time, its pages and what is asked
    /// last.
    private func read(
        _ compressed: ChatCompression.Compressed,
        _ sampling: Sampling,
        _ served: ServedReader,
        _ emit: ServedReader.Emit
    ) async throws -> DocumentSummary {
        guard served.card != nil, !compressed.documents.isEmpty else {
            let prompt = try PagePrompt(conversation: compressed.messages)
            return try await served.read(ReadingRequest(prompt: prompt, sampling: sampling), emit)
        }
        var numbered = compressed.documents.flatMap(\.pages)
        for index in numbered.indices { numbered[index].number = index + 1 }
        // Exact strings are known by page, so those of several texts would be taken for each other's.
        let isOne = compressed.documents.count == 1
        let facts = isOne ? compressed.documents[0].factBook(try pages.textTokenizer()) : nil
        return try await served.read(
            numbered,
            question: compressed.question,
            sampling: sampling,
            facts: facts,
            joints: isOne ? compressed.documents[0].joints : nil,
            emit
        )
    }

    private func whole(
        _ events: AsyncThrowingStream<DocumentEvent, any Error>,
        _ answer: ServiceCompletion,
        _ exchange: HTTPExchange
    ) async throws {
        var (part, answer) = (AnswerPart(role: "assistant", content: ""), answer)
        let summary = try await read(events) { event in
            switch event {
            case .text(let piece): part.content = (part.content ?? "") + piece
            case .reasoning(let piece): part.reasoningContent = (part.reasoningContent ?? "") + piece
            case .redrawn(let redrawing): answer.facts = redrawing.facts
            case .retrying, .windows, .focused, .answered, .comparison, .silent, .finished: break
            }
        }
        try await exchange.send(json: answer.whole(part, summary))
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
