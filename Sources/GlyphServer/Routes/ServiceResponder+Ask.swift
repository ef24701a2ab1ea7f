// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphAPI
import GlyphHTTP
import GlyphPage
import GlyphReading

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

extension ServiceResponder {
    private struct Pages: Encodable {
        var name: String
        /// The job under which the answer is kept, if it is.
        var job: String?
        var usage: CompressionFacts
        var notes: [String]
        var pages: [PageFacts]
    }

    private struct Piece: Encodable { var text: String }
    private struct Waiting: Encodable { var position: Int }
    private struct Windows: Encodable {
        var done: Int
        var count: Int
    }
    private struct Retry: Encodable {
        var milliseconds: Double
        var because: String
    }

    /// How an answer is sent.
    private struct Delivery {
        var streams: Bool
        var wantsPictures: Bool
        /// Whether it is kept among the jobs.
        var keeps: Bool

        static let names = ["stream", "pictures", "keep"]

        init(_ fields: inout JSONFields) throws {
            streams = try fields.bool("stream", default: false)
            wantsPictures = try fields.bool("pictures", default: false)
            keeps = try fields.bool("keep", default: false)
        }
    }

    /// `POST /v1/ask`: the document's fields, `Look`'s, `ReadingOrder`'s, and `stream`, `pictures`, `keep`.
    ///
    /// The events of a stream are `pages`, `picture` (if asked for), `queued`, `retrying`, `windows`, `reasoning`,
    /// `text`, `done` and `error`.
    @Sendable func ask(_ body: [UInt8], _ exchange: HTTPExchange) async throws {
        let start = ContinuousClock.now
        let served = try reader()
        var fields = try Self.fields(of: body)
        let order = try await order(&fields)
        let delivery = try Delivery(&fields)
        try Self.finish(fields)
        let store = delivery.keeps ? try storage() : nil
        _ = try await served.check(model: order.model)
        let document = try await pages.make(order.intake, order.look, drawing: .all)
        metrics.count(document)
        let events = try read(order, document, served)
        let job = try await store?.addJob(body, name: document.name, question: order.title, state: .running)
        do {
            try await deliver(events, document, delivery, job?.id, start, exchange)
        } catch {
            if let job {
                let hasLeft = error is CancellationError
                let fault = hasLeft ? nil : Data(try WireJSON.encode(ServerFault(service: error).error))
                // What went wrong first is what the client must hear of.
                try? await store?.endJob(job.id, hasLeft ? .cancelled : .failed, error: fault)
            }
            throw error
        }
    }

    /// Takes an order out of a request, with the contents of the uploads that it names.
    func order(_ fields: inout JSONFields) async throws -> ReadingOrder {
        let (intake, look) = try await attachedDocumentAndLook(&fields)
        return try ReadingOrder(&fields, intake, look, limits)
    }

    /// Begins to read; nothing is asked until somebody listens.
    func read(
        _ order: ReadingOrder,
        _ document: DrawnDocument,
        _ served: ServedReader
    ) throws -> @Sendable () throws -> AsyncThrowingStream<DocumentEvent, any Error> {
        let question = try order.prompt(for: document)
        // What cannot be asked is a fault of the request, and must be known before a stream begins.
        _ = try PagePrompt(pages: document.pages, total: document.facts.count, question: question)
        let facts = served.card == nil ? nil : document.factBook(try pages.textTokenizer())
        return {
            try served.read(document.pages, question: question, sampling: order.sampling, facts: facts)
        }
    }

    private func deliver(
        _ begin: @Sendable () throws -> AsyncThrowingStream<DocumentEvent, any Error>,
        _ document: DrawnDocument,
        _ delivery: Delivery,
        _ job: String?,
        _ start: ContinuousClock.Instant,
        _ exchange: HTTPExchange
    ) async throws {
        var isOpen = false
        /// Begins the stream when nothing can fail any more with a status of its own.
        func open() async throws {
            guard delivery.streams, !isOpen else { return }
            isOpen = true
            try await exchange.beginEvents()
            let pages = Pages(
                name: document.name,
                job: job,
                usage: document.compression,
                notes: document.notes,
                pages: document.facts
            )
            try await send("pages", pages, exchange)
            guard delivery.wantsPictures else { return }
            for page in document.pages { try await send("picture", PagePicture(page), exchange) }
        }
        try await readings.withPlace(onWaiting: { position in
            try await open()
            if delivery.streams { try await send("queued", Waiting(position: position), exchange) }
        }) {
            try await open()
            var (answer, reasoning) = ("", "")
            let summary = try await read(begin()) { event in
                switch event {
                case .text(let piece): answer += piece
                case .reasoning(let piece): reasoning += piece
                default: break
                }
                if delivery.streams { try await send(event, exchange) }
            }
            var ending = AnswerObject(summary, document, total: .now - start)
            var whole = ending
            (whole.answer, whole.reasoning) = (answer, reasoning.isEmpty ? nil : reasoning)
            if let job, let fault = await keep(whole, of: job) {
                ending.notes.append(fault)
                whole.notes.append(fault)
            }
            if delivery.streams {
                try await send("done", ending, exchange)
                try await exchange.end()
            } else {
                try await exchange.send(200, try WireJSON.encode(whole))
            }
        }
    }

    /// Keeps an answer before its client has the last of it: whoever has it finds it among the jobs.
    ///
    /// - Returns: What went wrong, in words; the client gets its answer all the same.
    private func keep(_ answer: AnswerObject, of job: String) async -> String? {
        do {
            try await store?.endJob(job, .done, result: Data(try WireJSON.encode(answer)))
            return nil
        } catch {
            return "the answer could not be kept: \(ServerFault(service: error).error.message)"
        }
    }

    private func send(_ event: DocumentEvent, _ exchange: HTTPExchange) async throws {
        switch event {
        case .text(let piece): try await send("text", Piece(text: piece), exchange)
        case .reasoning(let piece): try await send("reasoning", Piece(text: piece), exchange)
        case .retrying(let pause, let cause):
            try await send("retrying", Retry(milliseconds: pause.milliseconds, because: "\(cause)"), exchange)
        case .windows(let done, let count): try await send("windows", Windows(done: done, count: count), exchange)
        case .silent: try await exchange.writeComment("reading")
        case .finished: break
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
        _ events: AsyncThrowingStream<DocumentEvent, any Error>,
        _ take: (DocumentEvent) async throws -> Void
    ) async throws -> DocumentSummary {
        do {
            for try await event in events.within(limits.readingSeconds, pulse: limits.keepAliveSeconds) {
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
