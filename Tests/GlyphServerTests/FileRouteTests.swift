// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import AsyncHTTPClient
import Foundation
import GlyphAPI
import GlyphHTTP
import GlyphReading
import GlyphTestSupport
import NIOCore
import NIOHTTP1
import Testing

@testable import GlyphServer

@Suite(.serialized, .timeLimit(.minutes(2))) struct FileRouteTests {
    private struct File: Decodable {
        var id: String
        var object: String
        var bytes: Int
        var filename: String
        var purpose: String
        var created_at: Int
        var expires_at: Int
    }

    private struct List: Decodable {
        var data: [File]
        var has_more: Bool
        var last_id: String?
    }

    @Test("an upload comes back as it was, under its name, until it is deleted")
    func roundTrip() async throws {
        let bytes = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 * 31) }
        try await ServiceHarness.withFolder { folder in
            try await ServiceHarness.run(data: folder) { service in
                let file = try await service.upload(bytes, name: "../../a \\\"b\\\".bin").decode(File.self)
                #expect(file.id.hasPrefix("file-"))
                #expect(file.bytes == bytes.count)
                #expect(file.filename == "a \"b\".bin")
                #expect(file.expires_at - file.created_at == ServiceLimits().keptDays * 86_400)
                let content = try await service.get("/v1/files/\(file.id)/content")
                #expect(content.body == bytes)
                #expect(content.headers.first(name: "Content-Type") == "application/octet-stream")
                #expect(try await service.get("/v1/files/\(file.id)").decode(File.self).id == file.id)
                #expect(try await service.delete("/v1/files/\(file.id)").text.contains(#""deleted":true"#))
                for path in ["/v1/files/\(file.id)", "/v1/files/\(file.id)/content"] {
                    let gone = try await service.get(path)
                    #expect(gone.status == 404)
                    #expect(try gone.error().code == "file_not_found")
                }
                #expect(try FileManager.default.contentsOfDirectory(atPath: folder + "/content") == [])
            }
        }
    }

    @Test("equal contents are kept once, and for as long as one of them is named")
    func sharing() async throws {
        try await ServiceHarness.withFolder { folder in
            try await ServiceHarness.run(data: folder) { service in
                let first = try await service.upload(Array("same".utf8)).decode(File.self)
                let second = try await service.upload(Array("same".utf8)).decode(File.self)
                #expect(first.id != second.id)
                #expect(try FileManager.default.contentsOfDirectory(atPath: folder + "/content").count == 1)
                _ = try await service.delete("/v1/files/\(first.id)")
                #expect(try await service.get("/v1/files/\(second.id)/content").text == "same")
            }
        }
    }

    @Test("a list comes in parts, newest first, and can be narrowed to a purpose")
    func listing() async throws {
        try await ServiceHarness.withFolder { folder in
            try await ServiceHarness.run(data: folder) { service in
                for name in ["one", "two", "three"] {
                    let purpose = name == "two" ? "vision" : "user_data"
                    _ = try await service.upload(Array(name.utf8), name: name, purpose: purpose)
                }
                let first = try await service.get("/v1/files?limit=2").decode(List.self)
                #expect(first.data.map(\.filename) == ["three", "two"])
                #expect(first.has_more)
                let rest = try await service.get("/v1/files?limit=2&after=\(first.last_id ?? "")").decode(List.self)
                #expect(rest.data.map(\.filename) == ["one"])
                #expect(!rest.has_more)
                let some = try await service.get("/v1/files?order=asc&purpose=user_data").decode(List.self)
                #expect(some.data.map(\.filename) == ["one", "three"])
                for query in ["limit=0", "limit=x", "order=up", "nope=1", "after=file-x", "limit=1&limit=2"] {
                    #expect(try await service.get("/v1/files?\(query)").status == 400, "\(query)")
                }
            }
        }
    }

    @Test("a question can name uploads instead of sending them, and what it cannot name is a 404")
    func asking() async throws {
        let reader = ScriptedReader([.answer("yes")])
        try await ServiceHarness.withFolder { folder in
            try await ServiceHarness.run(reader, data: folder) { service in
                let text = Array(ServiceHarness.prose(words: 3000).utf8)
                let file = try await service.upload(text, name: "river.txt").decode(File.self)
                let body = #"{"file_ids":["\#(file.id)"],"question":"What ran?"}"#
                #expect(try await service.post("/v1/ask", body).status == 200)
                #expect(try #require(reader.requests.first?.prompt.pages.count) > 1)
                let none = try await service.post("/v1/count", #"{"file_ids":["file-x"]}"#)
                #expect(none.status == 404)
                #expect(try none.error().param == "file_ids[0]")
            }
        }
    }

    @Test("a file that is no text is named, with its field, and no option that requests do not have")
    func noText() async throws {
        try await ServiceHarness.withFolder { folder in
            try await ServiceHarness.run(data: folder) { service in
                let upload = try await service.upload(
                    Array("Stra\u{DF}e".unicodeScalars.map { UInt8($0.value) }) + [0xFF, 0xC0]
                )
                let id = try #require(upload.text.firstMatch(of: /"id":"([^"]+)"/)?.1)
                let binary = #"{"files":[{"name":"می\#u{200C}خواهم.txt","content":"AAEC"}]}"#
                for (body, param, name) in [
                    (#"{"file_ids":["\#(id)"]}"#, "file_ids[0]", "a.txt: "),
                    (binary, "files[0]", "می\u{200C}خواهم.txt: "),
                ] {
                    let error = try await service.post("/v1/count", body).error()
                    #expect(error.param == param && error.message.contains(name), "\(error)")
                    #expect(!error.message.contains("`encoding` option"), "\(error)")
                }
            }
        }
    }

    @Test("an upload beyond the budget is refused, and one that expired makes room")
    func budget() async throws {
        var limits = ServiceLimits()
        limits.keptBytes = 1000
        try await ServiceHarness.withFolder { folder in
            let store = try ServiceStore(folder: folder, limits: limits)
            try await ServiceHarness.run(store: store, limits: limits) { service in
                let old = try await store.addFile(
                    Array(repeating: 1, count: 700),
                    name: "a",
                    purpose: "vision",
                    seconds: 0
                )
                #expect(try await service.get("/v1/files/\(old.id)").status == 404)
                #expect(try await service.upload(Array(repeating: 2, count: 700)).status == 200)
                let refused = try await service.upload(Array(repeating: 3, count: 700))
                #expect(refused.status == 413)
                #expect(try refused.error().code == "storage_budget_exceeded")
                // Nothing of it is left.
                #expect(try FileManager.default.contentsOfDirectory(atPath: folder + "/content").count == 1)
            }
        }
    }

    @Test("a form that is none, or cut short, or of another purpose, is a 4xx and leaves nothing behind")
    func badForms() async throws {
        let field = "Content-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\nx\r\n"
        let purpose = "--e\r\nContent-Disposition: form-data; name=\"purpose\"\r\n\r\nuser_data\r\n"
        try await ServiceHarness.withFolder { folder in
            try await ServiceHarness.run(data: folder) { service in
                for (type, body, status) in [
                    ("application/json", "{}", 415), ("multipart/form-data", "--e", 400),
                    ("multipart/form-data; boundary=e", "", 400), ("multipart/form-data; boundary=e", "--e--", 400),
                    ("multipart/form-data; boundary=e", purpose + "--e\r\n" + field, 400),
                    ("multipart/form-data; boundary=e", purpose + "--e\r\n" + field + "--e--", 200),
                    ("multipart/form-data; boundary=e", "--e\r\n" + field + "--e--", 400),
                    ("multipart/form-data; boundary=e", purpose + purpose + "--e\r\n" + field + "--e--", 400),
                ] {
                    var request = service.request(.POST, "/v1/files")
                    request.headers.add(name: "Content-Type", value: type)
                    request.body = .bytes(ByteBuffer(string: body))
                    let response = try await service.send(request)
                    #expect(response.status == status, "\(body): \(response.text)")
                }
                #expect(try await service.upload([1], purpose: "batch").error().param == "purpose")
                #expect(try FileManager.default.contentsOfDirectory(atPath: folder + "/content").count == 1)
            }
        }
    }

    @Test("an upload whose client leaves midway leaves nothing behind, and the service goes on")
    func vanishing() async throws {
        struct Gone: Error {}
        try await ServiceHarness.withFolder { folder in
            try await ServiceHarness.run(data: folder) { service in
                let (body, continuation) = AsyncThrowingStream<ByteBuffer, any Error>.makeStream()
                continuation.yield(ByteBuffer(string: "--edge\r\n"))
                continuation.finish(throwing: Gone())
                var request = service.request(.POST, "/v1/files")
                request.headers.add(name: "Content-Type", value: "multipart/form-data; boundary=edge")
                request.body = .stream(body, length: .known(Int64(100_000)))
                let cut = request
                await #expect(throws: (any Error).self) { try await service.send(cut) }
                let next = try await service.upload([1])
                #expect(next.status == 200)
                #expect(try FileManager.default.contentsOfDirectory(atPath: folder + "/content").count == 1)
            }
        }
    }

    @Test("where nothing is kept, files, jobs and templates are a 503 that says so")
    func nothingKept() async throws {
        try await ServiceHarness.run { service in
            for path in ["/v1/files", "/v1/jobs", "/v1/templates"] {
                let response = try await service.get(path)
                #expect(response.status == 503)
                #expect(try response.error().code == "no_storage")
            }
            #expect(try await service.get("/v1/options").text.contains(#""can_keep":false"#))
        }
    }
}
