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
    /// A job as responses have it.
    private struct JobObject: Encodable {
        var id: String
        var object = "job"
        var state: String
        var createdAt: Int
        var startedAt: Int?
        var endedAt: Int?
        var attempts: Int
        var name: String
        var question: String
        var windows: Progress?
        var result: PlainJSON?
        var error: PlainJSON?

        struct Progress: Encodable {
            var done: Int
            var count: Int
        }

        enum CodingKeys: String, CodingKey {
            case id, object, state, attempts, name, question, windows, result, error
            case createdAt = "created_at"
            case startedAt = "started_at"
            case endedAt = "ended_at"
        }

        init(_ record: JobRecord, windows: (done: Int, count: Int)?) throws {
            (id, state, attempts) = (record.id, record.state.rawValue, record.attempts)
            (createdAt, startedAt, endedAt) = (record.created, record.started, record.ended)
            (name, question) = (record.name, record.question)
            self.windows = windows.map { Progress(done: $0.done, count: $0.count) }
            result = try record.result.map { try PlainJSON(Array($0), from: "result") }
            error = try record.error.map { try PlainJSON(Array($0), from: "error", member: "error") }
        }
    }

    private func object(_ record: JobRecord) throws -> JobObject {
        try JobObject(record, windows: jobs?.progress(of: record.id))
    }

    /// `POST /v1/jobs`: the document's fields, `Look`'s and `ReadingOrder`'s; 202 with the job.
    @Sendable func addJob(_ body: [UInt8], _ exchange: HTTPExchange) async throws {
        let store = try storage()
        let served = try reader()
        var fields = try Self.fields(of: body)
        let (intake, look) = try documentAndLook(&fields)
        let order = try ReadingOrder(&fields, intake, look, limits)
        try Self.finish(fields)
        _ = try await served.check(model: order.model)
        try served.check(order)
        var names = intake.files.map(\.name)
        for (index, id) in intake.fileIDs.enumerated() {
            names.append(try await keptFile(id, param: "file_ids[\(index)]").name)
        }
        let name = names[0] + (names.count > 1 ? " + \(names.count - 1)" : "")
        let job = try await store.addJob(body, name: name, question: order.title, state: .queued)
        jobs?.wake()
        try await exchange.send(202, json: try object(job))
    }

    /// `GET /v1/jobs`: `after`, `limit`, `order` and `state` in the query.
    func listJobs(_ target: String?, _ exchange: HTTPExchange) async throws {
        let query = try RequestQuery(target, known: ["after", "limit", "order", "state"])
        let state = try query.word("state", oneOf: JobRecord.State.allCases.map(\.rawValue))
        let (rows, hasMore) = try await storage().jobs(try query.range(), state: state.flatMap(JobRecord.State.init))
        try await exchange.send(json: ListObject(try rows.map(object), id: \.id, hasMore: hasMore))
    }

    func getJob(_ id: String, _ exchange: HTTPExchange) async throws {
        try await exchange.send(json: try object(try await keptJob(id)))
    }

    /// `GET /v1/jobs/{id}/pages`: the pages that the answer was read from, drawn again from the request.
    func jobPages(_ id: String, _ exchange: HTTPExchange) async throws {
        let job = try await keptJob(id)
        var fields = try Self.fields(of: try await storage().content(job.sha256))
        var (intake, look) = try await attachedDocumentAndLook(&fields)
        let answer = try job.result.map { try WireJSON.decode(AnsweredPages.self, from: Array($0), at: "result") }
        for _ in 0..<(answer?.usage.coarser ?? 0) { look = look.coarser() }
        let document = try await pages.make(intake, look, wanting: .all)
        // A request that names no preset has the reader's, which may be another one today.
        guard answer?.pagesDigest.map({ $0 == document.digest }) ?? true else {
            throw ServerFault(409, "the pages would not be those that were read", code: "pages_changed")
        }
        metrics.count(document)
        try await exchange.send(200, try Self.json(document))
    }

    /// What an answer tells of its pages.
    private struct AnsweredPages: Decodable {
        struct Usage: Decodable { var coarser: Int? }
        var usage: Usage
        var pagesDigest: String?

        enum CodingKeys: String, CodingKey {
            case usage
            case pagesDigest = "pages_sha256"
        }
    }

    func cancelJob(_ id: String, _ exchange: HTTPExchange) async throws {
        if try await keptJob(id).state == .running, attached?.contains(id) == true {
            throw ServerFault(
                409,
                "the job is read for a client that waits; close its connection",
                code: "job_attached"
            )
        }
        let job = try await moveJob(id, from: [.queued, .running], to: .cancelled)
        jobs?.stop(id)
        attached?.forget(id)
        try await exchange.send(json: job)
    }

    /// `POST /v1/jobs/{id}/resume`: reads a job again that did not come to an answer.
    func resumeJob(_ id: String, _ exchange: HTTPExchange) async throws {
        let job = try await moveJob(id, from: [.interrupted, .failed, .cancelled], to: .queued)
        jobs?.wake()
        try await exchange.send(202, json: job)
    }

    func deleteJob(_ id: String, _ exchange: HTTPExchange) async throws {
        let isGone = try await storage().deleteJob(id)
        // One that was not forgotten runs, if it is there: it may have begun a moment ago.
        if !isGone, try await keptJob(id).state == .running { throw Self.isIn(.running) }
        try await sendDeletion(isGone, of: "job", id, exchange)
    }

    private func keptJob(_ id: String) async throws -> JobRecord {
        try Self.found(try await storage().job(id), "job", id)
    }

    /// Moves a job to another state.
    ///
    /// - Throws: `ServerFault` with status 404 if there is none, and 409 if it is in a state other than these.
    private func moveJob(
        _ id: String,
        from states: [JobRecord.State],
        to state: JobRecord.State
    ) async throws -> JobObject {
        let (job, hasMoved) = try Self.found(
            try await storage().moveJob(id, from: states, to: state),
            "job",
            id
        )
        guard hasMoved else { throw Self.isIn(job.state) }
        return try object(job)
    }

    private static func isIn(_ state: JobRecord.State) -> ServerFault {
        ServerFault(409, "the job is \(state.rawValue)", code: "job_\(state.rawValue)")
    }

    /// Reads the answer of a job.
    @Sendable func perform(
        _ job: JobRecord,
        _ progress: @Sendable (_ done: Int, _ count: Int) -> Void
    ) async throws -> Data {
        let start = ContinuousClock.now
        let served = try reader()
        var fields = try Self.fields(of: try await storage().content(job.sha256))
        let order = try await order(&fields)
        _ = try await served.check(model: order.model)
        try served.check(order)
        let reading = try await patiently { try await OrderedReading(order, served, self.pages) }
        metrics.count(reading.first.document)
        return try await patiently {
            try await self.readings.withPlace {
                var draft = AnswerDraft(reading.first.document, since: start)
                let summary = try await self.read(reading.events()) { event in
                    draft.take(event)
                    if case .windows(let done, let count) = event { progress(done, count) }
                }
                return Data(try WireJSON.encode(draft.object(summary)))
            }
        }
    }

    /// Does work again and again while there is no place or memory for it: people who wait come first.
    private func patiently<Value>(_ work: () async throws -> Value) async throws -> Value {
        while true {
            do {
                return try await work()
            } catch is PlaceQueue.Full {
            } catch let fault as ServerFault where fault.error.code == MemoryGuard.code {
            }
            try await Task.sleep(for: .seconds(1))
        }
    }
}
