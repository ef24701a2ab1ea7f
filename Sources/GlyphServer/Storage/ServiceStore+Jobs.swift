// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Foundation
import GRDB
import GlyphHTTP

/// A question about documents that is answered while nobody waits.
struct JobRecord: Sendable, Codable, FetchableRecord {
    enum State: String, Sendable, Codable, CaseIterable {
        case queued, running, done, failed, cancelled
        /// It was running when the service ended.
        case interrupted
    }

    var id: String
    /// Seconds since 1970.
    var created: Int
    var started: Int?
    var ended: Int?
    var state: State
    /// The document's name.
    var name: String
    var question: String
    /// How often it was begun.
    var attempts: Int
    /// The answer with its numbers, in JSON, once it is done.
    var result: Data?
    /// OpenAI's error object, in JSON, once it has failed.
    var error: Data?
    /// The digest of the request.
    var sha256: String
}

extension ServiceStore {
    /// Keeps a job.
    ///
    /// - Parameters:
    ///   - request: The request's body, which is all that is needed to read the answer.
    ///   - name: The document's name.
    ///   - question: What is asked.
    ///   - state: `queued`, or `running` where the answer is read for a client at once.
    ///   - id: What it is called.
    /// - Returns: Its row.
    /// - Throws: `ServerFault` with status 429 if too many wait, and what `keep` throws.
    func addJob(
        _ request: [UInt8],
        name: String,
        question: String,
        state: JobRecord.State,
        id: String = ServiceStore.newID("job")
    ) async throws -> JobRecord {
        let created = Self.now
        let record = try await keep(request) { [limits] db, digest in
            if state == .queued { try Self.checkQueue(db, limits) }
            try db.execute(
                sql: """
                    INSERT INTO jobs (id, created, started, state, name, question, attempts, sha256)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    id, created, state == .running ? created : nil, state.rawValue, name, question,
                    state == .running ? 1 : 0, digest,
                ]
            )
            return try Self.job(id, db)
        }
        guard let record else { throw CancellationError() }
        return record
    }

    private static func checkQueue(_ db: Database, _ limits: ServiceLimits) throws {
        let waiting = try Int.fetchOne(db, sql: "SELECT COUNT(*) FROM jobs WHERE state = 'queued'") ?? 0
        guard waiting < limits.waitingJobs else {
            throw ServerFault(429, "\(waiting) jobs are waiting already", code: "queue_full", retryAfter: 60)
        }
    }

    private static func job(_ id: String, _ db: Database) throws -> JobRecord? {
        try JobRecord.fetchOne(db, sql: "SELECT * FROM jobs WHERE id = ?", arguments: [id])
    }

    func job(_ id: String) async throws -> JobRecord? {
        try await transaction { try Self.job(id, $0) }
    }

    /// Jobs, newest first unless asked otherwise, and whether there are more.
    func jobs(_ range: ListRange, state: JobRecord.State?) async throws -> (rows: [JobRecord], hasMore: Bool) {
        try await list(range, of: "jobs", where: "(? IS NULL OR state = ?)", [state?.rawValue, state?.rawValue])
    }

    /// Takes the oldest job that waits and marks it as running.
    ///
    /// - Parameter onTaking: Told the job's id before anybody can see that it is running.
    /// - Returns: The job; nil if none waits.
    /// - Throws: `DatabaseError`; then nothing has been taken, whatever was told.
    func takeNextJob(_ onTaking: @escaping @Sendable (_ id: String) -> Void = { _ in }) async throws -> JobRecord? {
        try await transaction { db in
            let first = "SELECT id FROM jobs WHERE state = 'queued' ORDER BY number LIMIT 1"
            guard let id = try String.fetchOne(db, sql: first) else { return nil }
            try db.execute(
                sql: "UPDATE jobs SET state = 'running', started = ?, attempts = attempts + 1 WHERE id = ?",
                arguments: [Self.now, id]
            )
            onTaking(id)
            return try Self.job(id, db)
        }
    }

    /// Notes how a running job ended; one that was cancelled meanwhile stays so.
    func endJob(_ id: String, _ state: JobRecord.State, result: Data? = nil, error: Data? = nil) async throws {
        try await transaction { db in
            try db.execute(
                sql: "UPDATE jobs SET state = ?, ended = ?, result = ?, error = ? WHERE id = ? AND state = 'running'",
                arguments: [state.rawValue, Self.now, result, error, id]
            )
        }
    }

    /// Moves a job from one of some states to another.
    ///
    /// - Returns: The job as it is now, and whether it moved; nil if there is none.
    func moveJob(
        _ id: String,
        from states: [JobRecord.State],
        to state: JobRecord.State
    ) async throws -> (job: JobRecord, hasMoved: Bool)? {
        try await transaction { [limits] db in
            guard let job = try Self.job(id, db) else { return nil }
            guard states.contains(job.state) else { return (job, false) }
            if state == .queued { try Self.checkQueue(db, limits) }
            let ended = state == .queued ? nil : Self.now
            try db.execute(
                sql: "UPDATE jobs SET state = ?, ended = ?, result = NULL, error = NULL WHERE id = ?",
                arguments: [state.rawValue, ended, id]
            )
            return try Self.job(id, db).map { ($0, true) }
        }
    }

    /// Forgets a job that is not running.
    ///
    /// - Returns: Whether it was there and did not run.
    func deleteJob(_ id: String) async throws -> Bool {
        let isGone = try await transaction { db in
            try db.execute(sql: "DELETE FROM jobs WHERE id = ? AND state <> 'running'", arguments: [id])
            return db.changesCount > 0
        }
        if isGone { try await dropUnused() }
        return isGone
    }
}
