// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Foundation
import GlyphAPI
import GlyphHTTP
import GlyphReading
import GlyphTestSupport
import NIOHTTP1
import Testing

@testable import GlyphServer

/// Too little memory, here or where the reader is.
@Suite(.serialized, .timeLimit(.minutes(2))) struct MemoryTests {
    private struct Answer: Decodable {
        struct Usage: Decodable { var coarser: Int? }
        var answer: String?
        var notes: [String]
        var usage: Usage
    }

    private static let text = ServiceHarness.prose(words: 3000)
    private static let ask = #"{"text":"\#(text)","question":"What ran?"}"#
    private static let chat = #"{"messages":[{"role":"user","content":"\#(text)\n\nWhat ran?"}]}"#

    /// What vLLM's clients see when its card is full.
    private static func fault(_ problem: String = "the server failed: CUDA out of memory. Tried to allocate 2 GiB")
        -> ScriptedReader.Script
    {
        .init([], failure: ReadingError(.serverFailure, endpoint: "http://reader", problem: problem, status: 500))
    }

    /// The bytes of all pages in each request.
    private static func sizes(_ reader: ScriptedReader) -> [Int] {
        reader.requests.map { request in
            request.prompt.messages.reduce(0) { sum, message in
                guard case .parts(let parts) = message.content else { return sum }
                return parts.reduce(sum) { sum, part in
                    if case .image(let image) = part { sum + image.url.utf8.count } else { sum }
                }
            }
        }
    }

    @Test("a reader with too little memory gets fewer pixels step by step, and the answer says so")
    func lowered() async throws {
        let reader = ScriptedReader([Self.fault(), Self.fault(), .answer("A river.")])
        try await ServiceHarness.run(reader) { service in
            let answer = try await service.post("/v1/ask", Self.ask).decode(Answer.self)
            #expect(answer.answer == "A river.")
            #expect(answer.usage.coarser == 2)
            #expect(answer.notes.count(where: { $0.contains("too little memory") }) == 2)
            let sizes = Self.sizes(reader)
            #expect(sizes.count == 3 && sizes[0] > sizes[1] && sizes[1] > sizes[2], "\(sizes)")
        }
    }

    @Test("an engine of our own says by its code that it has too little memory")
    func engineCode() async throws {
        let report = APIError(message: "the pages need 9 GiB", code: "memory_budget_exceeded")
        let fault = ReadingError(.badRequest, endpoint: "http://reader", problem: "no", status: 400, report: report)
        let reader = ScriptedReader([.init([], failure: fault), .answer("A river.")])
        try await ServiceHarness.run(reader) { service in
            let answer = try await service.post("/v1/ask", Self.ask).decode(Answer.self)
            #expect(answer.usage.coarser == 1)
        }
    }

    @Test("a stream shows the pages that are read in the end")
    func stream() async throws {
        let reader = ScriptedReader([Self.fault(), .answer("A river.")])
        try await ServiceHarness.run(reader) { service in
            let body = Self.ask.dropLast() + #","stream":true}"#
            let events = try await service.post("/v1/ask", String(body)).events()
            #expect(events.map { $0.name ?? "" } == ["pages", "pages", "text", "done"])
            #expect(events[1].data.contains(#""coarser":1"#))
        }
    }

    @Test("a chat is drawn coarser as well, whole and streamed", arguments: [false, true])
    func chat(_ streams: Bool) async throws {
        let reader = ScriptedReader([Self.fault(), .answer("A river.")])
        try await ServiceHarness.run(reader) { service in
            let options = #","stream":\#(streams),"stream_options":{"include_usage":true}}"#
            let response = try await service.post("/v1/chat/completions", Self.chat.dropLast() + options)
            #expect(response.text.contains(#""content":"A river.""#), "\(response.text)")
            #expect(response.text.contains(#""coarser":1"#))
            let sizes = Self.sizes(reader)
            #expect(sizes.count == 2 && sizes[0] > sizes[1], "\(sizes)")
        }
    }

    @Test("once nothing coarser can be read, the reader's own words come through")
    func exhausted() async throws {
        let reader = ScriptedReader([ScriptedReader.Script](repeating: Self.fault(), count: 9))
        try await ServiceHarness.run(reader) { service in
            let response = try await service.post("/v1/ask", Self.ask)
            #expect(response.status == 502)
            #expect(response.text.contains("CUDA out of memory"))
            #expect((2..<9).contains(reader.requests.count))
        }
    }

    @Test("an answer that has begun is not begun anew, and other failures are no lack of memory")
    func kept() async throws {
        let fault = ReadingError(.failedMidway, endpoint: "http://reader", problem: "out of memory")
        for script in [ScriptedReader.Script([.text("A")], failure: fault), Self.fault("the server failed")] {
            let reader = ScriptedReader([script, .answer("twice")])
            try await ServiceHarness.run(reader) { service in
                let response = try await service.post("/v1/ask", Self.ask)
                #expect(response.status == 502)
                #expect(reader.requests.count == 1)
            }
        }
    }

    @Test("a request that this machine has no memory for is refused before it is read")
    func refused() async throws {
        var limits = ServiceLimits()
        limits.spareMemoryBytes = 1 << 60
        try await ServiceHarness.run(limits: limits) { service in
            for (path, body) in [("/v1/ask", Self.ask), ("/v1/count", #"{"text":"a"}"#), ("/v1/render", Self.ask)] {
                let response = try await service.post(path, body)
                #expect(response.status == 503)
                #expect(try response.error().code == "memory_low")
                #expect(response.headers.first(name: "Retry-After") == "5")
            }
            #expect(try await service.get("/health").status == 200)
        }
    }

    @Test("what has begun is counted as taken until it ends")
    func promises() async throws {
        let memory = MemoryGuard(spare: 10, available: { 100 })
        try await memory.with(60) {
            await #expect(throws: ServerFault.self) { try await memory.with(31) {} }
            try await memory.with(30) {}
        }
        try await memory.with(90) {}
        try await MemoryGuard(spare: 10, available: { nil }).with(1 << 40) {}
        #expect(try #require(MemoryGuard.available()) > 1 << 20)
    }

    /// Files as the kernel writes them, of a machine with 8 GiB and of groups within each other.
    private static func available(in groups: [String: [String: String]], own: String) async throws -> Int? {
        var found: Int?
        try await ServiceHarness.withFolder { folder in
            let files = FileManager.default
            for (group, contents) in groups {
                try files.createDirectory(atPath: "\(folder)/groups\(group)", withIntermediateDirectories: true)
                for (name, text) in contents {
                    try text.write(toFile: "\(folder)/groups\(group)/\(name)", atomically: true, encoding: .utf8)
                }
            }
            try files.createDirectory(atPath: folder, withIntermediateDirectories: true)
            let system = "MemTotal:       16000000 kB\nMemFree:         1000000 kB\nMemAvailable:    8388608 kB\n"
            try system.write(toFile: "\(folder)/meminfo", atomically: true, encoding: .utf8)
            try own.write(toFile: "\(folder)/own", atomically: true, encoding: .utf8)
            found = MemoryGuard.available(
                system: "\(folder)/meminfo",
                own: "\(folder)/own",
                groups: "\(folder)/groups"
            )
        }
        return found
    }

    private static func group(_ limit: String, _ used: Int, inactive: Int? = nil) -> [String: String] {
        var files = ["memory.max": "\(limit)\n", "memory.current": "\(used)\n"]
        files["memory.stat"] = inactive.map {
            "anon 4096\nfile 8192\ninactive_anon 7\ninactive_file \($0)\nactive_file 1\n"
        }
        return files
    }

    @Test("a container's limit counts, without the files that can be let go of")
    func container() async throws {
        let unlimited = try await Self.available(in: ["/": Self.group("max", 5 << 30)], own: "0::/\n")
        #expect(unlimited == 8 << 30)
        let plain = try await Self.available(in: ["/": Self.group("1073741824", 512 << 20)], own: "0::/\n")
        #expect(plain == 512 << 20)
        let cached = try await Self.available(
            in: ["/": Self.group("1073741824", 1 << 30, inactive: 256 << 20)],
            own: "0::/\n"
        )
        #expect(cached == 256 << 20)
        let exceeded = try await Self.available(in: ["/": Self.group("1048576", 2 << 20)], own: "0::/\n")
        #expect(exceeded == 0)
        let roomy = try await Self.available(in: ["/": Self.group("\(64 << 30)", 0)], own: "0::/\n")
        #expect(roomy == 8 << 30)
    }

    @Test("the group of a unit counts with those around it, whichever has least left")
    func nestedGroups() async throws {
        let own = "9:name=systemd:/\n0::/system.slice/glyph.service\n"
        let slice = "/system.slice"
        let inner = try await Self.available(
            in: [slice: Self.group("max", 9), slice + "/glyph.service": Self.group("\(3 << 20)", 1 << 20)],
            own: own
        )
        #expect(inner == 2 << 20)
        let outer = try await Self.available(
            in: [slice: Self.group("\(3 << 20)", 2 << 20), slice + "/glyph.service": Self.group("\(3 << 20)", 0)],
            own: own
        )
        #expect(outer == 1 << 20)
    }

    @Test(
        "files that are missing or say something else limit nothing",
        arguments: [
            ([:], "0::/\n"), ([:], ""), (["/": ["memory.max": "1048576\n"]], "0::/\n"),
            (["/": group("", 0)], "0::/\n"), (["/": group("many", 0)], "0::/../../elsewhere\n"),
            (["/": group("max", 0)], "4:memory:/some/path\n"),
        ]
    )
    func oddGroups(_ groups: [String: [String: String]], _ own: String) async throws {
        #expect(try await Self.available(in: groups, own: own) == 8 << 30)
    }
}
