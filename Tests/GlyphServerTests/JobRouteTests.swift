// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import AsyncHTTPClient
import Foundation
import GlyphAPI
import GlyphPage
import GlyphReading
import GlyphTestSupport
import NIOHTTP1
import Testing

@testable import GlyphServer

@Suite(.serialized, .timeLimit(.minutes(2))) struct JobRouteTests {
    private static let body = #"{"text":"\#(ServiceHarness.prose(words: 3000))","question":"What ran?"}"#

    private struct Job: Decodable {
        struct Result: Decodable { var answer: String? }
        struct Fault: Decodable { var code: String? }
        var id: String
        var state: String
        var attempts: Int
        var question: String
        var result: Result?
        var error: Fault?
    }

    private static func start(_ service: ServiceHarness) async throws -> Job {
        let response = try await service.post("/v1/jobs", body)
        #expect(response.status == 202, "\(response.text)")
        return try response.decode(Job.self)
    }

    private static func wait(_ state: String, _ id: String, _ service: ServiceHarness) async throws -> Job {
        try await service.waitFor(#""state":"\#(state)""#, at: "/v1/jobs/\(id)")
        return try await service.get("/v1/jobs/\(id)").decode(Job.self)
    }

    @Test("a job is answered while nobody waits, and its answer survives a restart")
    func answered() async throws {
        try await ServiceHarness.withFolder { folder in
            try await ServiceHarness.run(ScriptedReader([.answer("A river.")]), data: folder) { service in
                let job = try await Self.start(service)
                #expect(job.id.hasPrefix("job-"))
                #expect(try await Self.wait("done", job.id, service).result?.answer == "A river.")
            }
            try await ServiceHarness.run(data: folder) { service in
                let list = try await service.get("/v1/jobs?state=done").text
                #expect(list.contains(#""answer":"A river.""#))
                #expect(list.contains(#""text_tokens":"#))
                #expect(list.contains(#""total_milliseconds":"#))
            }
        }
    }

    @Test("the pages of an answer are drawn again after a restart, to the byte, or not at all")
    func pages() async throws {
        struct Drawn: Decodable {
            struct Picture: Decodable { var png: String }
            var pictures: [Picture]
        }
        let failure = ReadingError(.serverFailure, endpoint: "http://reader", problem: "CUDA out of memory")
        let reader = ScriptedReader([.init([], failure: failure), .answer("A river.")])
        try await ServiceHarness.withFolder { folder in
            try await ServiceHarness.run(reader, data: folder) { service in
                let job = try await Self.start(service)
                _ = try await Self.wait("done", job.id, service)
            }
            let sent = try #require(reader.requests.last?.prompt.pages.map { Data($0.png).base64EncodedString() })
            #expect(sent != reader.requests.first?.prompt.pages.map { Data($0.png).base64EncodedString() })
            let store = try ServiceStore(folder: folder, limits: ServiceLimits())
            let id = try #require(try await store.jobs(ListRange(), state: .done).rows.first?.id)
            // An answer whose pages were others than those that its request gives now.
            let other = try await store.addJob(Array(Self.body.utf8), name: "a", question: "q", state: .running)
            let result = Data(#"{"usage":{},"pages_sha256":"of other pages"}"#.utf8)
            try await store.endJob(other.id, .done, result: result)
            try await ServiceHarness.run(store: store) { service in
                let drawn = try await service.get("/v1/jobs/\(id)/pages").decode(Drawn.self)
                #expect(drawn.pictures.map(\.png) == sent)
                #expect(try await service.get("/v1/jobs/\(other.id)/pages").error().code == "pages_changed")
                #expect(try await service.get("/v1/jobs/job-none/pages").error().code == "job_not_found")
            }
        }
    }

    @Test("a reader that fails makes a job that failed, which can be resumed")
    func failed() async throws {
        let failure = ReadingError(.contextExceeded, endpoint: "http://reader", problem: "no")
        let reader = ScriptedReader([.init([], failure: failure), .answer("now")])
        try await ServiceHarness.withFolder { folder in
            try await ServiceHarness.run(reader, data: folder) { service in
                let job = try await Self.start(service)
                let failed = try await Self.wait("failed", job.id, service)
                #expect(failed.error?.code == "context_length_exceeded")
                #expect(try await service.post("/v1/jobs/\(job.id)/resume", "").status == 202)
                let done = try await Self.wait("done", job.id, service)
                #expect((done.result?.answer, done.attempts) == ("now", 2))
                #expect(done.error == nil)
                #expect(try await service.post("/v1/jobs/\(job.id)/resume", "").error().code == "job_done")
            }
        }
    }

    @Test("running and waiting jobs can be cancelled, and only what does not run can be deleted")
    func cancelled() async throws {
        try await ServiceHarness.withFolder { folder in
            try await ServiceHarness.run(EndlessReader(), data: folder) { service in
                let first = try await Self.start(service)
                _ = try await Self.wait("running", first.id, service)
                try await service.waitFor(#"glyph_places{kind="reading",state="running"} 1"#)
                let second = try await Self.start(service)
                #expect(second.state == "queued")
                #expect(try await service.delete("/v1/jobs/\(first.id)").error().code == "job_running")
                for job in [second, first] {
                    let response = try await service.post("/v1/jobs/\(job.id)/cancel", "")
                    #expect(try response.decode(Job.self).state == "cancelled")
                }
                try await service.waitFor(#"glyph_places{kind="reading",state="running"} 0"#)
                #expect(try await service.get("/v1/jobs/\(first.id)").decode(Job.self).state == "cancelled")
                #expect(try await service.delete("/v1/jobs/\(first.id)").status == 200)
                #expect(try await service.get("/v1/jobs/\(first.id)").error().code == "job_not_found")
                #expect(try await service.post("/v1/jobs/\(first.id)/cancel", "").status == 404)
            }
        }
    }

    @Test("a service that is killed finds its running job interrupted, and reads it when told to")
    func interrupted() async throws {
        try await ServiceHarness.withFolder { folder in
            let copy = folder + "-after"
            defer { try? FileManager.default.removeItem(atPath: copy) }
            let id = try await Self.killed(folder, copy)
            try await ServiceHarness.run(ScriptedReader([.answer("A river.")]), data: copy) { service in
                let job = try await service.get("/v1/jobs/\(id)").decode(Job.self)
                #expect(job.state == "interrupted")
                #expect(try await service.post("/v1/jobs/\(id)/resume", "").status == 202)
                #expect(try await Self.wait("done", id, service).result?.answer == "A river.")
                let left = try FileManager.default.contentsOfDirectory(atPath: copy + "/content")
                #expect(left.count == 1)
            }
        }
    }

    /// What the disk holds at a moment when a job is read and an upload half written.
    private static func killed(_ folder: String, _ copy: String) async throws -> String {
        let (ids, continuation) = AsyncStream<String>.makeStream()
        try await ServiceHarness.run(EndlessReader(), data: folder) { service in
            let job = try await start(service)
            _ = try await wait("running", job.id, service)
            try FileManager.default.copyItem(atPath: folder, toPath: copy)
            try Data("half".utf8).write(to: URL(fileURLWithPath: copy + "/content/.x.part"))
            continuation.yield(job.id)
        }
        var iterator = ids.makeAsyncIterator()
        return try #require(await iterator.next())
    }

    @Test("a service that is told to stop leaves its running job to be resumed and its waiting job to be read")
    func stopped() async throws {
        try await ServiceHarness.withFolder { folder in
            try await ServiceHarness.run(EndlessReader(), data: folder) { service in
                let first = try await Self.start(service)
                _ = try await Self.wait("running", first.id, service)
                _ = try await Self.start(service)
            }
            try await ServiceHarness.run(ScriptedReader([.answer("yes")]), data: folder) { service in
                try await service.waitFor(#""state":"done""#, at: "/v1/jobs")
                try await service.waitFor(#""state":"interrupted""#, at: "/v1/jobs")
            }
        }
    }

    @Test("an answer that is streamed can be kept as well")
    func kept() async throws {
        try await ServiceHarness.withFolder { folder in
            try await ServiceHarness.run(ScriptedReader([.answer("A river.")]), data: folder) { service in
                let body = Self.body.dropLast() + #","stream":true,"keep":true}"#
                let events = try await service.post("/v1/ask", String(body)).events()
                #expect(events.first?.data.contains(#""job":"job-"#) == true)
                try await service.waitFor(#""answer":"A river.""#, at: "/v1/jobs?state=done")
            }
            try await ServiceHarness.run(EndlessReader(), data: folder) { service in
                let body = Self.body.dropLast() + #","stream":true,"keep":true}"#
                let request = service.request(.POST, "/v1/ask", String(body))
                let client = Task { try await service.send(request) }
                try await service.waitFor(#""state":"running""#, at: "/v1/jobs")
                client.cancel()
                try await service.waitFor(#""state":"cancelled""#, at: "/v1/jobs")
            }
        }
    }

    /// A service whose reader answers four times.
    private static func run(
        data folder: String,
        _ limits: ServiceLimits,
        _ body: @escaping @Sendable (ServiceHarness) async throws -> Void
    ) async throws {
        let answers = [ScriptedReader.Script](repeating: .answer("yes"), count: 4)
        try await ServiceHarness.run(ScriptedReader(answers), data: folder, limits: limits, body)
    }

    /// Asks four questions about a text, whose answers are kept.
    private static func keepFour(_ text: String, _ service: ServiceHarness) async throws {
        for number in 1...4 {
            let body = #"{"text":"\#(text)","question":"number \#(number)","keep":true}"#
            let response = try await service.post("/v1/ask", body)
            #expect(response.status == 200, "\(response.text)")
        }
    }

    @Test("no more jobs are kept than may be, and what they asked goes with them")
    func number() async throws {
        var limits = ServiceLimits()
        limits.keptJobs = 2
        try await ServiceHarness.withFolder { folder in
            try await Self.run(data: folder, limits) { service in
                try await Self.keepFour("a", service)
                let list = try await service.get("/v1/jobs").text
                #expect(list.contains("number 4") && list.contains("number 3") && !list.contains("number 2"))
                #expect(try FileManager.default.contentsOfDirectory(atPath: folder + "/content").count == 2)
            }
        }
    }

    @Test("the oldest answers make room for new ones, and uploads do not")
    func room() async throws {
        var limits = ServiceLimits()
        limits.keptBytes = 1000
        try await ServiceHarness.withFolder { folder in
            try await Self.run(data: folder, limits) { service in
                #expect(try await service.upload([UInt8](repeating: 1, count: 300)).status == 200)
                try await Self.keepFour(String(repeating: "word ", count: 50), service)
                let list = try await service.get("/v1/jobs").text
                #expect(list.contains("number 4"))
                #expect(!list.contains("number 1"))
                #expect(try await service.get("/v1/files").text.contains(#""bytes":300"#))
                // What cannot fit costs nobody an answer.
                #expect(try await service.upload([UInt8](repeating: 2, count: 900)).status == 413)
                #expect(try await service.get("/v1/jobs").text == list)
                // Neither does what is there already.
                #expect(try await service.upload([UInt8](repeating: 1, count: 300)).status == 200)
                #expect(try await service.get("/v1/jobs").text == list)
            }
        }
    }

    @Test("a job that cannot be read is refused when it is made, with the field at fault")
    func refused() async throws {
        var limits = ServiceLimits()
        limits.waitingJobs = 1
        try await ServiceHarness.withFolder { folder in
            try await ServiceHarness.run(EndlessReader(), data: folder, limits: limits) { service in
                for (body, param) in [
                    (#"{"text":"a"}"#, "question"), (#"{"text":"a","question":"q","stream":true}"#, "stream"),
                    (#"{"file_ids":["file-x"],"question":"q"}"#, "file_ids[0]"),
                    (#"{"text":"a","question":"q","preset":"x"}"#, "preset"),
                    (#"{"text":"a","task":"/etc/passwd"}"#, "task"),
                ] {
                    let response = try await service.post("/v1/jobs", body)
                    #expect(400..<500 ~= response.status)
                    #expect(try response.error().param == param)
                }
                let first = try await Self.start(service)
                _ = try await Self.wait("running", first.id, service)
                _ = try await Self.start(service)
                let third = try await service.post("/v1/jobs", Self.body)
                #expect(third.status == 429)
                #expect(third.headers.first(name: "Retry-After") == "60")
            }
        }
    }
}
