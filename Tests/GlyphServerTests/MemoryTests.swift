// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

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
}
