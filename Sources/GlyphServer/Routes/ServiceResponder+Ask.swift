// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphAPI
import GlyphHTTP
import GlyphPage
import GlyphReading
import NIOCore

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

        init(_ fields: inout JSONFields) throws {
            streams = try fields.bool("stream", default: false)
            wantsPictures = try fields.bool("pictures", default: false)
            keeps = try fields.bool("keep", default: false)
        }
    }

    /// `POST /v1/ask`: the document's fields, `Look`'s, `ReadingOrder`'s, and `stream`, `pictures`, `keep`.
    ///
    /// The events of a stream are `pages`, `picture` (if asked for), `queued`, `retrying`, `windows`, `focus`,
    /// `reasoning`, `text`, `answered` and `comparison` (if a comparison is asked for), `done` and `error`. Where the
    /// resolution had to be lowered, `pages` and `picture` come again.
    @Sendable func ask(_ body: [UInt8], _ exchange: HTTPExchange) async throws {
        let start = ContinuousClock.now
        let served = try reader()
        var fields = try Self.fields(of: body)
        let order = try await order(&fields)
        let delivery = try Delivery(&fields)
        try Self.finish(fields)
        if delivery.keeps { _ = try storage() }
        _ = try await served.check(model: order.model)
        try served.check(order)
        let reading = try await OrderedReading(order, served, pages)
        let document = reading.first.document
        metrics.count(document)
        let keeper = delivery.keeps ? attached : nil
        let job = try await keeper?.add(body, name: document.name, question: order.title)
        do {
            try await deliver(reading, delivery, job, start, exchange)
        } catch {
            if let job {
                let hasLeft = error is CancellationError
                let fault = hasLeft ? nil : Data(try WireJSON.encode(ServerFault(service: error).error))
                // What went wrong first is what the client must hear of, and this is tried again.
                try? await attached?.end(job, .init(state: hasLeft ? .cancelled : .failed, error: fault))
            }
            throw error
        }
    }

    /// Takes an order out of a request, with the contents of the uploads that it names.
    func order(_ fields: inout JSONFields) async throws -> ReadingOrder {
        let (intake, look) = try await attachedDocumentAndLook(&fields)
        return try ReadingOrder(&fields, intake, look, limits)
    }

    private func deliver(
        _ reading: OrderedReading,
        _ delivery: Delivery,
        _ job: String?,
        _ start: ContinuousClock.Instant,
        _ exchange: HTTPExchange
    ) async throws {
        var draft = AnswerDraft(reading.first.document, since: start)
        var answered: DocumentSummary?
        var isOpen = false
        /// Begins the stream when nothing can fail any more with a status of its own.
        func open() async throws {
            guard delivery.streams, !isOpen else { return }
            isOpen = true
            try await exchange.beginEvents()
            try await show(draft.document, job, delivery, exchange)
        }
        try await readings.withPlace(onWaiting: { position in
            try await open()
            if delivery.streams { try await send("queued", Waiting(position: position), exchange) }
        }) {
            try await open()
            do {
                let summary = try await read(reading.events()) { event in
                    draft.take(event)
                    if case .answered(let summary) = event { answered = summary }
                    guard delivery.streams else { return }
                    switch event {
                    case .redrawn: try await show(draft.document, job, delivery, exchange)
                    case .answered(let summary):
                        try await send("answered", draft.object(summary, withWords: false), exchange)
                    default: try await send(event, exchange)
                    }
                }
                try await end(draft, summary, delivery, job, exchange)
            } catch {
                // A comparison that nobody waited for leaves the answer as it is.
                if let job, let answered { _ = await keep(draft.object(answered), of: job) }
                throw error
            }
        }
    }

    private func end(
        _ draft: AnswerDraft,
        _ summary: DocumentSummary,
        _ delivery: Delivery,
        _ job: String?,
        _ exchange: HTTPExchange
    ) async throws {
        let whole = draft.object(summary)
        var ending = delivery.streams ? draft.object(summary, withWords: false) : whole
        if let job, let fault = await keep(whole, of: job) { ending.notes.append(fault) }
        guard delivery.streams else { return try await exchange.send(json: ending) }
        try await send("done", ending, exchange)
        try await exchange.end()
    }

    /// Tells what is read.
    private func show(
        _ document: DrawnDocument,
        _ job: String?,
        _ delivery: Delivery,
        _ exchange: HTTPExchange
    ) async throws {
        let pages = Pages(
            name: document.name,
            job: job,
            usage: document.compression,
            notes: document.notes,
            pages: document.facts
        )
        try await send("pages", pages, exchange)
        guard delivery.wantsPictures else { return }
        for (page, digest) in zip(document.pages, document.digests) {
            var buffer = ByteBufferAllocator().buffer(capacity: PagePicture.capacity(page))
            buffer.writeString("event: picture\ndata: ")
            PagePicture.write(page, sha256: digest, into: &buffer)
            buffer.writeString("\n\n")
            try await exchange.write(buffer)
        }
    }

    /// Keeps an answer before its client has the last of it: whoever has it finds it among the jobs.
    ///
    /// - Returns: What went wrong, in words; the client gets its answer all the same, and it is kept later.
    private func keep(_ answer: AnswerObject, of job: String) async -> String? {
        do {
            let result = Data(try WireJSON.encode(answer))
            try await attached?.end(job, .init(state: .done, result: result))
            return nil
        } catch {
            return "the answer could not be written to the jobs yet; that is tried again until the service ends"
        }
    }

    private func send(_ event: DocumentEvent, _ exchange: HTTPExchange) async throws {
        switch event {
        case .text(let piece): try await send("text", Piece(text: piece), exchange)
        case .reasoning(let piece): try await send("reasoning", Piece(text: piece), exchange)
        case .retrying(let pause, let cause):
            try await send("retrying", Retry(milliseconds: pause.milliseconds, because: "\(cause)"), exchange)
        case .windows(let done, let count): try await send("windows", Windows(done: done, count: count), exchange)
        case .focused(let focus): try await send("focus", focus, exchange)
        case .comparison(let piece): try await send("comparison", Piece(text: piece), exchange)
        case .silent: try await exchange.writeComment("reading")
        case .redrawn, .answered, .finished: break
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
