// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphAPI
import GlyphHTTP
import GlyphPage
import GlyphReading
import GlyphTokens
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
                options = try ChatCompression.Options(&glyph, look: look(&glyph), limits)
                try glyph.finish("the glyph object", remedy: "Leave it out; docs/service.md lists the fields")
            }
        }
        var none = try JSONFields(.object([]), path: IncomingChat.glyphOptions)
        let model = try await served.check(model: wire.model)
        let plain = try ChatCompression.Options(&none, look: look(&none), limits)
        let compression = ChatCompression(pages, options ?? plain, readsPagesAlone: served.card != nil)
        if let options { try served.check(options.look, options.division, in: IncomingChat.glyphOptions + ".") }
        let compressed = try await compression.compress(wire.messages)
        try check(compressed, compression.options.division, served)
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
    private func check(
        _ compressed: ChatCompression.Compressed,
        _ division: Division,
        _ served: ServedReader
    ) throws {
        guard served.card == nil || !compressed.documents.isEmpty else {
            throw InputError(
                at: "messages",
                "this model answers questions about pages, and no text of a user becomes pages here",
                expected: "a document, an empty line and a question, or both as texts of their own"
            )
        }
        let isDivided = division.strategy == .windowed || served.card != nil && division.strategy == .auto
        guard isDivided, !compressed.documents.isEmpty else { return }
        guard compressed.question.contains(where: { !$0.isWhitespace }) else {
            throw InputError(
                at: "messages",
                "a few pages are read at a time, and the last message asks nothing about them",
                expected: "the question as the last paragraph, or as a text of its own"
            )
        }
        guard !compressed.hasClientImages else {
            throw InputError(
                at: "messages",
                "a few pages are read at a time, and images that were sent cannot be shown beside them",
                expected: "texts, or images without a long text"
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
            .coarsening((compressed, compression)) { drawn, emit, retrying in
                let division = drawn.1.options.division
                emit(.finished(try await self.read(drawn.0, division, sampling, served, retrying, emit)))
            } redraw: { drawn in
                // Without a page of ours there is nothing to draw.
                guard !drawn.0.documents.isEmpty else { throw Look.NothingCoarser() }
                let compression = drawn.1.coarser()
                let compressed = try await compression.compress(messages)
                return ((compressed, compression), Redrawing(facts: compressed.facts))
            }
        }
    }

    /// Reads a conversation: as it is or, where its pages are read a few at a time, them and what is asked last.
    private func read(
        _ compressed: ChatCompression.Compressed,
        _ division: Division,
        _ sampling: Sampling,
        _ served: ServedReader,
        _ retrying: @escaping RetryNotice,
        _ emit: ServedReader.Emit
    ) async throws -> DocumentSummary {
        let tokenizer = try pages.textTokenizer()
        // A model with a card was trained to take one question and nothing else.
        let isChinese = compressed.documents.first.map {
            TaskLibrary.Language(question: compressed.question, document: $0.text) == .chinese
        }
        let said = served.card == nil ? compressed.said : []
        var asked = PageQuestion(
            pages: compressed.documents.flatMap(\.pages),
            question: PageConversation.question(compressed.question, after: said, isChinese: isChinese ?? false),
            sampling: sampling,
            division: division,
            visualTokens: compressed.facts.visualTokens,
            isChinese: isChinese ?? false,
            countTokens: { tokenizer.count($0) },
            retrying: retrying
        )
        guard try await divides(asked, compressed, served) else {
            let prompt = try PagePrompt(conversation: compressed.messages)
            do {
                return try await served.read(ReadingRequest(prompt: prompt, sampling: sampling), emit)
            } catch let fault as ReadingError where fault.kind == .emptyAnswer {
                // OpenAI's clients expect an answer without words, and ask again after an error.
                guard let summary = fault.summary else { throw fault }
                return DocumentSummary(reading: summary)
            }
        }
        for index in asked.pages.indices { asked.pages[index].number = index + 1 }
        asked.division.strategy = .windowed
        // Exact strings are known by page, so those of several texts would be taken for each other's.
        if compressed.documents.count == 1 {
            let document = compressed.documents[0]
            (asked.facts, asked.joints) = (document.factBook(tokenizer), document.joints)
            asked.corrector = document.corrector(served.card, asked.facts)
        }
        return try await served.read(asked, emit)
    }

    /// Whether a few pages of a conversation are read at a time.
    private func divides(
        _ asked: PageQuestion,
        _ compressed: ChatCompression.Compressed,
        _ served: ServedReader
    ) async throws -> Bool {
        guard !asked.pages.isEmpty else { return false }
        switch asked.division.strategy {
        case .windowed: return true
        case .auto where served.card != nil: return true
        default:
            let fits = try await served.holdsAll(asked, isRequired: asked.division.strategy == .whole)
            // What cannot be divided is left to the reader to refuse.
            return !fits && !compressed.hasClientImages && compressed.question.contains { !$0.isWhitespace }
        }
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
        return Sampling(
            maximumTokens: wanted,
            tokenLimitField: wire.maxCompletionTokens == nil ? .maxTokens : .maxCompletionTokens,
            temperature: wire.temperature,
            topP: wire.topP,
            topK: wire.topK,
            seed: wire.seed,
            stop: try wire.checkedStops()
        )
    }
}
