// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphAPI
import GlyphHTTP
import GlyphPage
import GlyphReading

extension ServiceResponder {
    /// What is asked, besides the document and how it is drawn.
    private struct Question {
        var text: String
        var sampling: Sampling
        var streams: Bool
        var wantsPictures: Bool
        var model: String?

        init(_ fields: inout JSONFields, _ limits: ServiceLimits) throws {
            guard let text = try fields.text("question", atMost: 100_000), text.contains(where: { !$0.isWhitespace })
            else {
                throw InputError(at: fields.location("question"), "is missing or empty", expected: "a question")
            }
            self.text = text
            let temperature = try fields.optionalNumber("temperature") ?? 0
            guard temperature <= 2 else {
                throw InputError(at: fields.location("temperature"), "is \(temperature)", expected: "0 to 2")
            }
            sampling = Sampling(
                maximumTokens: try fields.int("max_tokens", in: 1...limits.answerTokens, default: 1024),
                temperature: temperature,
                seed: fields.has("seed") ? try fields.int("seed", in: Int(Int32.min)...Int(Int32.max)) : nil
            )
            _ = fields.value("seed")
            streams = try fields.bool("stream", default: false)
            wantsPictures = try fields.bool("pictures", default: false)
            model = try fields.text("model", atMost: 400)
        }
    }

    /// The numbers at the end of an answer.
    private struct Ending: Encodable {
        var answer: String?
        var reasoning: String?
        var finishReason: String
        var model: String?
        var usage: CompressionFacts
        var promptTokens: Int?
        var completionTokens: Int?
        /// From the request to the reader to its first piece.
        var firstTokenMilliseconds: Double?
        /// From the request to the service to the end.
        var totalMilliseconds: Double
        var notes: [String]

        enum CodingKeys: String, CodingKey {
            case answer, reasoning, model, usage, notes
            case finishReason = "finish_reason"
            case promptTokens = "prompt_tokens"
            case completionTokens = "completion_tokens"
            case firstTokenMilliseconds = "first_token_milliseconds"
            case totalMilliseconds = "total_milliseconds"
        }
    }

    private struct Pages: Encodable {
        var name: String
        var usage: CompressionFacts
        var notes: [String]
        var pages: [PageFacts]
    }

    private struct Piece: Encodable { var text: String }
    private struct Waiting: Encodable { var position: Int }
    private struct Retry: Encodable {
        var milliseconds: Double
        var because: String
    }

    /// `POST /v1/ask`: the document's fields, `Look`'s, and `question`, `model`, `max_tokens`, `temperature`, `seed`,
    /// `stream`, `pictures`.
    ///
    /// The events of a stream are `pages`, `picture` (if asked for), `queued`, `retrying`, `reasoning`, `text`, `done`
    /// and `error`.
    @Sendable func ask(_ body: [UInt8], _ exchange: HTTPExchange) async throws {
        let start = ContinuousClock.now
        let served = try reader()
        var fields = try Self.fields(of: body)
        let (intake, look) = try documentAndLook(&fields)
        let question = try Question(&fields, limits)
        try Self.finish(fields)
        _ = try await served.check(model: question.model)
        let document = try await pages.make(intake, look, drawing: .all)
        metrics.count(document)
        let prompt = try PagePrompt(pages: document.pages, total: document.facts.count, question: question.text)
        var isOpen = false
        /// Begins the stream when nothing can fail any more with a status of its own.
        func open() async throws {
            guard question.streams, !isOpen else { return }
            isOpen = true
            try await exchange.beginEvents()
            try await send(
                "pages",
                Pages(
                    name: document.name,
                    usage: document.compression,
                    notes: document.notes,
                    pages: document.facts
                ),
                exchange
            )
            guard question.wantsPictures else { return }
            for page in document.pages { try await send("picture", PagePicture(page), exchange) }
        }
        try await readings.withPlace(onWaiting: { position in
            try await open()
            if question.streams { try await send("queued", Waiting(position: position), exchange) }
        }) {
            try await open()
            var (answer, reasoning) = ("", "")
            let summary = try await read(served, ReadingRequest(prompt: prompt, sampling: question.sampling)) { event in
                switch event {
                case .text(let piece):
                    answer += piece
                    if question.streams { try await send("text", Piece(text: piece), exchange) }
                case .reasoning(let piece):
                    reasoning += piece
                    if question.streams { try await send("reasoning", Piece(text: piece), exchange) }
                case .retrying(let pause, let cause):
                    guard question.streams else { return }
                    try await send("retrying", Retry(milliseconds: pause.milliseconds, because: "\(cause)"), exchange)
                case .finished: break
                }
            }
            var ending = Ending(
                finishReason: summary.finishReason.description,
                model: summary.model,
                usage: document.compression,
                promptTokens: summary.usage?.promptTokens,
                completionTokens: summary.usage?.completionTokens,
                firstTokenMilliseconds: summary.timeToFirstToken?.milliseconds.rounded(),
                totalMilliseconds: (ContinuousClock.now - start).milliseconds.rounded(),
                notes: document.notes
            )
            if question.streams {
                try await send("done", ending, exchange)
                try await exchange.end()
            } else {
                (ending.answer, ending.reasoning) = (answer, reasoning.isEmpty ? nil : reasoning)
                try await exchange.send(200, try WireJSON.encode(ending))
            }
        }
    }

    private func send(_ name: String, _ value: some Encodable, _ exchange: HTTPExchange) async throws {
        let json = String(decoding: try WireJSON.encode(value), as: UTF8.self)
        try await exchange.write(ServerSentEvents.encode(.init(name: name, data: json)))
    }

    /// Reads an answer to its end, and counts how that went.
    ///
    /// - Throws: `ReadingError`, `ServerFault` if it takes too long, `CancellationError` once the client has left.
    func read(
        _ served: ServedReader,
        _ request: ReadingRequest,
        _ take: (ReadingEvent) async throws -> Void
    ) async throws -> ReadingSummary {
        do {
            for try await event in served.reader.read(request, within: limits.readingSeconds) {
                if case .finished(let summary) = event {
                    metrics.count(reading: "completed")
                    return summary
                }
                try await take(event)
            }
            throw CancellationError()
        } catch {
            let hasLeft = error is CancellationError || Task.isCancelled
            metrics.count(reading: hasLeft ? "cancelled" : "failed")
            throw hasLeft ? CancellationError() : error
        }
    }
}
