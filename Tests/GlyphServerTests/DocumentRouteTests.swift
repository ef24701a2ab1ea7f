// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Foundation
import GlyphAPI
import GlyphPage
import GlyphTestSupport
import NIOHTTP1
import Testing

@testable import GlyphServer

@Suite(.serialized, .timeLimit(.minutes(2))) struct DocumentRouteTests {
    private struct Drawn: Decodable {
        struct Usage: Decodable {
            var pages: Int
            var text_tokens: Int
            var visual_tokens: Int
            var compression: Double
        }
        struct Picture: Decodable {
            var number: Int
            var width: Int
            var png: String
            var sha256: String
        }
        var name: String
        var usage: Usage
        var pictures: [Picture]?
        var readers: [String: Int]?
    }

    @Test("counting and drawing agree on pages and tokens")
    func agreement() async throws {
        let body = #"{"text":"\#(ServiceHarness.prose(words: 3000))"}"#
        try await ServiceHarness.run { service in
            let counted = try await service.post("/v1/count", body).decode(Drawn.self)
            let drawn = try await service.post("/v1/render", body).decode(Drawn.self)
            #expect(counted.usage.pages > 1)
            #expect(counted.usage.pages == drawn.usage.pages)
            #expect(counted.usage.visual_tokens == drawn.usage.visual_tokens)
            #expect(counted.readers?["glm-4.1v"] == counted.usage.visual_tokens)
            #expect(counted.pictures == nil)
            #expect(drawn.pictures?.count == drawn.usage.pages)
        }
    }

    @Test("a preview draws the same first page as the whole document, and counts all of them")
    func preview() async throws {
        let text = ServiceHarness.prose(words: 3000)
        try await ServiceHarness.run { service in
            let whole = try await service.post("/v1/render", #"{"text":"\#(text)"}"#).decode(Drawn.self)
            let first = try await service.post("/v1/render", #"{"text":"\#(text)","first":1}"#).decode(Drawn.self)
            #expect(first.pictures?.count == 1)
            #expect(first.pictures?.first?.sha256 == whole.pictures?.first?.sha256)
            #expect(first.usage.visual_tokens == whole.usage.visual_tokens)
            let png = try #require(Data(base64Encoded: first.pictures?.first?.png ?? ""))
            #expect(Digest.sha256(Array(png)) == first.pictures?.first?.sha256)
        }
    }

    @Test("pages that are pictures have no text to compare with")
    func pictures() async throws {
        let pdf = TestPDF.picture(side: "200")
        try await ServiceHarness.run { service in
            let file = #"{"name":"scan.pdf","content":"\#(Data(pdf.utf8).base64EncodedString())"}"#
            let body = #"{"text":"A river runs.","files":[\#(file)]}"#
            let counted = try await service.post("/v1/count", body).decode(Drawn.self)
            #expect(counted.usage.pages == 2 && counted.usage.text_tokens > 0 && counted.usage.compression == 0)
        }
    }

    @Test("pages are the quick ones unless small ones are asked for")
    func compression() async throws {
        let text = ServiceHarness.prose(words: 800)
        try await ServiceHarness.run { service in
            var files: [String?: [UInt8]] = [:]
            for png in [nil, "quick", "small"] {
                let field = png.map { #","png":"\#($0)""# } ?? ""
                let drawn = try await service.post("/v1/render", #"{"text":"\#(text)"\#(field)}"#).decode(Drawn.self)
                files[png] = Array(try #require(Data(base64Encoded: drawn.pictures?.first?.png ?? "")))
            }
            let quick = try #require(files["quick"])
            let small = try #require(files["small"])
            #expect(files[nil] == quick)
            #expect(small.count < quick.count * 4 / 5)
            #expect(small.prefix(33) == quick.prefix(33), "signature and IHDR: the same kind of picture")
        }
    }

    @Test("a zip archive has one PNG for each page and unpacks with the reader of archives")
    func zip() async throws {
        let body = #"{"text":"\#(ServiceHarness.prose(words: 3000))","format":"zip"}"#
        try await ServiceHarness.run { service in
            let response = try await service.post("/v1/render", body)
            #expect(response.status == 200)
            #expect(response.headers.first(name: "content-type") == "application/zip")
            #expect(response.body.starts(with: [0x50, 0x4B, 3, 4]))
            // Read back as an upload: pages are no text, which the message says with the entry's name.
            let file = #"{"files":[{"name":"a.zip","content":"\#(Data(response.body).base64EncodedString())"}]}"#
            let back = try await service.post("/v1/count", file)
            #expect(back.status == 400)
            #expect(back.text.contains("a.zip/page_001.png"))
        }
    }

    @Test("what a file is, its content tells, and its name is only shown")
    func names() async throws {
        let html = Data("<html><body><p>Hello <b>there</b></p></body></html>".utf8).base64EncodedString()
        try await ServiceHarness.run { service in
            let body = #"{"files":[{"name":"../../etc/pass\u0000wd.html","content":"\#(html)"}]}"#
            let drawn = try await service.post("/v1/count", body).decode(Drawn.self)
            #expect(drawn.name == "passwd.html")
            #expect(drawn.usage.text_tokens < 6)
        }
    }

    @Test(
        "a bad request is a 400 that names the field",
        arguments: [
            (#"{}"#, "text"), (#"{"text":1}"#, "text"), (#"{"text":"a","nope":1}"#, "nope"),
            (#"{"text":"a","preset":"x"}"#, "preset"), (#"{"text":"a","reader":"x"}"#, "reader"),
            (#"{"text":"a","render":{"font-path":"/etc/passwd"}}"#, "render.font-path"),
            (#"{"text":"a","render":{"font-fallback":["/etc/passwd"]}}"#, "render.font-fallback"),
            (#"{"text":"a","render":{"font-size":0}}"#, "render.font-size"),
            (#"{"text":"a","render":{"page-size":"9000,9000"}}"#, "render.page-size"),
            (#"{"text":"a","render":[]}"#, "render"), (#"{"text":"a","fit":"x"}"#, "fit"),
            (#"{"text":"a long enough text","budget":1}"#, "budget"),
            (#"{"files":[{"name":"a","content":"%"}]}"#, "files[0].content"),
            (#"{"files":[{"content":"YQ==","path":"/x"}]}"#, "files[0].path"), (#"{"files":{}}"#, "files"),
        ]
    )
    func badFields(_ body: String, _ param: String) async throws {
        try await ServiceHarness.run { service in
            for route in ["/v1/count", "/v1/render"] {
                let response = try await service.post(route, body)
                #expect(response.status == 400, "\(route) \(response.text)")
                #expect(try response.error().param == param, "\(response.text)")
            }
        }
    }

    @Test("a document of too many pages is refused and not cut")
    func tooManyPages() async throws {
        var limits = ServiceLimits()
        limits.pages = 2
        try await ServiceHarness.run(limits: limits) { service in
            let body = #"{"text":"\#(ServiceHarness.prose(words: 6000))"}"#
            for route in ["/v1/count", "/v1/render"] {
                let response = try await service.post(route, body)
                #expect(response.status == 400)
                #expect(response.text.contains("more than 2 pages"))
            }
        }
    }

    @Test("a document that takes too long ends with 408")
    func tooSlow() async throws {
        var limits = ServiceLimits()
        limits.renderingSeconds = 0
        try await ServiceHarness.run(limits: limits) { service in
            let body = #"{"text":"\#(ServiceHarness.prose(words: 50_000))"}"#
            let response = try await service.post("/v1/render", body)
            #expect(response.status == 408)
        }
    }

    @Test("looking for the resolution that fits a budget ends with the time, too")
    func tooSlowBudget() async throws {
        let text = #"{"text":"\#(ServiceHarness.prose(words: 20_000))""#
        let clock = ContinuousClock()
        let once = try await clock.measure {
            try await ServiceHarness.run { service in
                let response = try await service.post("/v1/count", text + "}")
                #expect(response.status == 200)
            }
        }
        var limits = ServiceLimits()
        limits.renderingSeconds = 0
        let stopped = try await clock.measure {
            try await ServiceHarness.run(limits: limits) { service in
                let response = try await service.post("/v1/count", text + #","budget":1000000}"#)
                #expect(response.status == 408)
            }
        }
        // To its end the search would lay the document out eight times more.
        #expect(stopped < once * 3)
    }
}
