// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Foundation
import GRDB
import GlyphAPI
import GlyphHTTP
import GlyphPage
import GlyphTestSupport
import NIOHTTP1
import Testing

@testable import GlyphServer

@Suite(.serialized, .timeLimit(.minutes(2))) struct StorageFaultTests {
    @Test("a database that another program holds is a 503, and the service goes on when it is let go")
    func locked() async throws {
        try await ServiceHarness.withFolder { folder in
            let store = try ServiceStore(folder: folder, limits: ServiceLimits(), busySeconds: 0.05)
            try await ServiceHarness.run(store: store) { service in
                let other = try ServiceHarness.database(in: folder)
                try await other.writeWithoutTransaction { try $0.execute(sql: "BEGIN EXCLUSIVE") }
                let busy = try await service.upload([1])
                #expect(busy.status == 503)
                #expect(try busy.error().code == "storage_busy")
                #expect(busy.headers.first(name: "Retry-After") == "2")
                #expect(try await service.post("/v1/count", #"{"text":"a"}"#).status == 200)
                try await other.writeWithoutTransaction { try $0.execute(sql: "ROLLBACK") }
                #expect(try await service.upload([1]).status == 200)
                // What was refused left nothing behind.
                #expect(try FileManager.default.contentsOfDirectory(atPath: folder + "/content").count == 1)
            }
        }
    }

    @Test("a full database is a 503 that keeps nothing, and the service goes on")
    func full() async throws {
        try await ServiceHarness.withFolder { folder in
            let store = try ServiceStore(folder: folder, limits: ServiceLimits())
            try await ServiceHarness.run(store: store) { service in
                let pages = try await store.transaction { try Int.fetchOne($0, sql: "PRAGMA page_count") ?? 0 }
                _ = try await store.transaction { try Int.fetchOne($0, sql: "PRAGMA max_page_count = \(pages)") }
                var texts: [String] = []
                for number in 0..<200 where texts.isEmpty {
                    let response = try await service.upload([UInt8(number)], name: String(repeating: "n", count: 110))
                    if response.status == 503 { texts.append(try response.error().code ?? "") }
                }
                #expect(texts == ["storage_full"])
                #expect(try await service.get("/health").status == 200)
                #expect(try await service.get("/v1/files").status == 200)
                let rows = try await store.files(ListRange(limit: 1000), purpose: nil).rows.count
                #expect(try FileManager.default.contentsOfDirectory(atPath: folder + "/content").count == rows)
            }
        }
    }

    @Test("a fault of the disk is told by its kind")
    func kinds() {
        #expect(ServerFault(service: DiskFault(number: ENOSPC, doing: "x")).error.code == "storage_full")
        let denied = ServerFault(service: DiskFault(number: EACCES, doing: "keep a file"))
        #expect((denied.status, denied.error.code) == (503, "storage_failure"))
        #expect(denied.error.message.contains("cannot keep a file: Permission denied"))
    }

    @Test(
        "a file whose name cannot be written through to the disk is not kept",
        .disabled(if: getuid() == 0, "root may open every folder")
    )
    func unsynced() async throws {
        try await ServiceHarness.withFolder { folder in
            let blobs = try BlobFolder(folder)
            let staged = try blobs.stage([1])
            chmod(folder, 0o300)
            defer { chmod(folder, 0o700) }
            let denied = DiskFault(number: EACCES, doing: "keep a file")
            #expect(throws: denied) { try blobs.publish(staged, digest: "a") }
        }
    }

    @Test("a kept file that was changed on the disk is not served, and sending it again repairs it")
    func damage() async throws {
        try await ServiceHarness.withFolder { folder in
            try await ServiceHarness.run(data: folder) { service in
                let upload = try await service.upload(Array("whole".utf8))
                let id = try #require(upload.text.firstMatch(of: /file-[a-z0-9]+/)).output
                let name = try #require(FileManager.default.contentsOfDirectory(atPath: folder + "/content").first)
                try Data("who".utf8).write(to: URL(fileURLWithPath: folder + "/content/" + name))
                let damaged = try await service.get("/v1/files/\(id)/content")
                #expect(damaged.status == 503)
                #expect(try damaged.error().code == "file_damaged")
                #expect(try await service.upload(Array("whole".utf8)).status == 200)
                #expect(try await service.get("/v1/files/\(id)/content").text == "whole")
            }
        }
    }

    @Test("a folder is used by one service at a time, and one that cannot be used says why")
    func folders() async throws {
        try await ServiceHarness.withFolder { folder in
            let first = try ServiceStore(folder: folder)
            let fault = #expect(throws: InputError.self) { try ServiceStore(folder: folder) }
            #expect(fault?.problem.contains("another service") == true)
            withExtendedLifetime(first) {}
            let unusable = #expect(throws: InputError.self) { try ServiceStore(folder: "/dev/null/x") }
            #expect(unusable?.location == "/dev/null/x")
            #expect(unusable?.problem.hasSuffix(": Not a directory") == true, "\(String(describing: unusable))")
        }
        #expect(ServiceStore.defaultFolder(environment: ["XDG_DATA_HOME": "/x", "HOME": "/h"]) == "/x/glyph")
        #expect(ServiceStore.defaultFolder(environment: ["HOME": "/h"]) == "/h/.local/share/glyph")
        #expect(ServiceStore.defaultFolder(environment: ["XDG_DATA_HOME": "x"]) == nil)
    }

    @Test("templates are kept by name, checked like a request, and replaced")
    func templates() async throws {
        try await ServiceHarness.withFolder { folder in
            try await ServiceHarness.run(data: folder) { service in
                let put = service.request(
                    .PUT,
                    "/v1/templates/Fine%20print",
                    #"{"preset":"dense","render":{"dpi":72}}"#
                )
                let saved = try await service.send(put)
                #expect(saved.status == 200)
                let bad = service.request(.PUT, "/v1/templates/x", #"{"render":{"font-path":"/etc/passwd"}}"#)
                #expect(try await service.send(bad).error().param == "render.font-path")
                #expect(try await service.send(service.request(.PUT, "/v1/templates/a%2Fb", "{}")).status == 400)
            }
            try await ServiceHarness.run(data: folder) { service in
                let list = try await service.get("/v1/templates").text
                #expect(list.contains(#""name":"Fine print""#))
                #expect(list.contains(#""settings":{"preset":"dense","render":{"dpi":72}}"#))
                #expect(try await service.delete("/v1/templates/Fine%20print").status == 200)
                #expect(try await service.get("/v1/templates/Fine%20print").error().code == "template_not_found")
            }
        }
    }
}
