// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GRDB
import GlyphAPI
import GlyphReading
import GlyphTestSupport
import NIOHTTP1
import Testing

@testable import GlyphServer

/// Jobs whose answers are read for clients that wait.
@Suite(.serialized, .timeLimit(.minutes(2))) struct AttachedJobTests {
    private static let fields = #""text":"A river ran past the mill.","question":"What ran?","keep":true"#

    /// A reader that does something before its answer is read.
    private struct PreparedReader: Reader {
        var answer: ScriptedReader
        var prepare: @Sendable () async throws -> Void

        func read(_ request: ReadingRequest) -> AsyncThrowingStream<ReadingEvent, any Error> {
            AsyncThrowingStream { continuation in
                Task {
                    do {
                        try await prepare()
                        for try await event in answer.read(request) { continuation.yield(event) }
                        continuation.finish()
                    } catch {
                        continuation.finish(throwing: error)
                    }
                }
            }
        }
    }

    /// Asks a question while whose answer is read another program takes the database; lets go of it afterwards.
    private static func run(
        _ script: ScriptedReader.Script,
        check: @escaping @Sendable (HTTPAnswer) throws -> Void,
        afterwards: @escaping @Sendable (ServiceHarness) async throws -> Void
    ) async throws {
        try await ServiceHarness.withFolder { folder in
            let store = try ServiceStore(folder: folder, limits: ServiceLimits(), busySeconds: 0.05)
            let other = try ServiceHarness.database(in: folder)
            let reader = PreparedReader(answer: ScriptedReader([script])) {
                try await other.writeWithoutTransaction { try $0.execute(sql: "BEGIN IMMEDIATE") }
            }
            try await ServiceHarness.run(reader, store: store) { service in
                try check(try await service.post("/v1/ask", "{\(fields)}"))
                try await other.writeWithoutTransaction { try $0.execute(sql: "ROLLBACK") }
                try await afterwards(service)
            }
        }
    }

    @Test("an answer that the database does not take is told at once and kept once it does")
    func keptLater() async throws {
        try await Self.run(.answer("A river.")) { answer in
            #expect(answer.status == 200)
            #expect(answer.text.contains(#""answer":"A river.""#))
            #expect(answer.text.contains("is tried again until the service ends"), "\(answer.text)")
        } afterwards: { service in
            try await service.waitFor(#""answer":"A river.""#, at: "/v1/jobs?state=done")
        }
    }

    @Test("a failure that the database does not take is noted once it does")
    func failedLater() async throws {
        let failure = ReadingError(.contextExceeded, endpoint: "http://reader", problem: "no")
        try await Self.run(.init([], failure: failure)) { answer in
            let error = try answer.error()
            #expect(error.code == "context_length_exceeded")
        } afterwards: { service in
            try await service.waitFor(#""code":"context_length_exceeded""#, at: "/v1/jobs?state=failed")
        }
    }

    @Test("a service that ends writes what the database did not take before, if it does now")
    func closing() async throws {
        try await ServiceHarness.withFolder { folder in
            let store = try ServiceStore(folder: folder, limits: ServiceLimits(), busySeconds: 0.05)
            let attached = AttachedJobs(store)
            let id = try await attached.add([1], name: "a", question: "q")
            #expect(attached.contains(id))
            let other = try ServiceHarness.database(in: folder)
            try await other.writeWithoutTransaction { try $0.execute(sql: "BEGIN IMMEDIATE") }
            await #expect(throws: DatabaseError.self) { try await attached.end(id, .init(state: .done)) }
            #expect(!attached.contains(id))
            // Only the first ending counts.
            try await attached.end(id, .init(state: .cancelled))
            try await other.writeWithoutTransaction { try $0.execute(sql: "ROLLBACK") }
            await attached.close()
            #expect(try await store.job(id)?.state == .done)
        }
    }

    @Test("a running job that nobody reads can be cancelled and deleted")
    func unattended() async throws {
        try await ServiceHarness.withFolder { folder in
            let store = try ServiceStore(folder: folder)
            let job = try await store.addJob(Array("{}".utf8), name: "a", question: "q", state: .running)
            try await ServiceHarness.run(store: store) { service in
                let response = try await service.post("/v1/jobs/\(job.id)/cancel", "")
                #expect(response.text.contains(#""state":"cancelled""#), "\(response.text)")
                #expect(try await service.delete("/v1/jobs/\(job.id)").status == 200)
            }
        }
    }

    @Test("a job that is read for a client is cancelled by closing its connection and no other way")
    func attached() async throws {
        try await ServiceHarness.withFolder { folder in
            let store = try ServiceStore(folder: folder)
            try await ServiceHarness.run(EndlessReader(), store: store) { service in
                let request = service.request(.POST, "/v1/ask", #"{\#(Self.fields),"stream":true}"#)
                let client = Task { try await service.send(request) }
                try await service.waitFor(#""state":"running""#, at: "/v1/jobs")
                let id = try #require(try await store.jobs(ListRange(), state: .running).rows.first?.id)
                #expect(try await service.post("/v1/jobs/\(id)/cancel", "").error().code == "job_attached")
                client.cancel()
                try await service.waitFor(#""state":"cancelled""#, at: "/v1/jobs")
            }
        }
    }
}
