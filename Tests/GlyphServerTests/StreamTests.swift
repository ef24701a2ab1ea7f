// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import AsyncHTTPClient
import GlyphAPI
import GlyphReading
import GlyphTestSupport
import NIOCore
import NIOHTTP1
import Testing

@testable import GlyphServer

@Suite(.serialized, .timeLimit(.minutes(2))) struct StreamTests {
    private static let ask = #"{"text":"a","question":"q","stream":true}"#
    private static let chat = #"{"messages":[{"role":"user","content":"hi"}],"stream":true}"#

    private static var impatient: ServiceLimits {
        var limits = ServiceLimits()
        (limits.keepAliveSeconds, limits.readings) = (0.02, 1)
        return limits
    }

    @Test(
        "a reader that is silent for long does not leave the stream silent",
        arguments: [("/v1/ask", ask), ("/v1/chat/completions", chat)]
    )
    func keepAlive(_ path: String, _ body: String) async throws {
        let reader = GatedReader()
        try await ServiceHarness.run(reader, limits: Self.impatient) { service in
            let response = try await service.open(path, body)
            var parts = response.body.makeAsyncIterator()
            var text = ""
            while !text.contains(": reading\n\n") { text += String(buffer: try #require(await parts.next())) }
            #expect(!text.contains("late"))
            reader.open()
            while let part = try await parts.next() { text += String(buffer: part) }
            #expect(text.contains("late"))
        }
    }

    @Test(
        "whoever waits in the queue hears from time to time that it still does",
        arguments: [("/v1/ask", ask, "event: queued"), ("/v1/chat/completions", chat, ": position 1")]
    )
    func queue(_ path: String, _ body: String, _ sign: String) async throws {
        let reader = GatedReader()
        try await ServiceHarness.run(reader, limits: Self.impatient) { service in
            let first = Task { try await service.post("/v1/ask", Self.ask) }
            try await service.waitFor(#"glyph_places{kind="reading",state="running"} 1"#)
            var parts = try await service.open(path, body).body.makeAsyncIterator()
            var text = ""
            while text.ranges(of: sign).count < 2 { text += String(buffer: try #require(await parts.next())) }
            reader.open()
            while let part = try await parts.next() { text += String(buffer: part) }
            #expect(text.contains("late"))
            #expect(try await first.value.status == 200)
        }
    }

    @Test("a service that is told to stop ends what it streams, and takes nothing new")
    func drain() async throws {
        let reader = GatedReader()
        try await ServiceHarness.run(reader) { service in
            var parts = try await service.open("/v1/chat/completions", Self.chat(early: true)).body.makeAsyncIterator()
            var text = ""
            while !text.contains("early") { text += String(buffer: try #require(await parts.next())) }
            let stopping = Task { await service.stop() }
            // The port closes while the stream is still open.
            var isClosed = false
            for _ in 0..<500 where !isClosed {
                isClosed = (try? await service.fresh("/health")) == nil
                try await Task.sleep(for: .milliseconds(10))
            }
            #expect(isClosed)
            reader.open()
            while let part = try await parts.next() { text += String(buffer: part) }
            #expect(text.contains("late"))
            #expect(text.hasSuffix("data: [DONE]\n\n"))
            await stopping.value
        }
    }

    private static func chat(early: Bool) -> String {
        chat.replacing("hi", with: early ? "say early" : "hi")
    }
}

extension ServiceHarness {
    /// The response once its head is there.
    fileprivate func open(_ path: String, _ body: String) async throws -> HTTPClientResponse {
        try await HTTPClient.shared.execute(request(.POST, path, body), timeout: .seconds(30))
    }

    /// The status over a connection of its own.
    fileprivate func fresh(_ path: String) async throws -> Int {
        var request = self.request(.GET, path)
        request.headers.add(name: "Connection", value: "close")
        return Int(try await HTTPClient.shared.execute(request, timeout: .seconds(5)).status.code)
    }
}

/// A reader that says "late" once it is let, and "early" at once if it is asked to.
private final class GatedReader: Reader {
    private let gate = AsyncStream<Void>.makeStream()
    private let opened: Task<Void, Never>

    init() {
        let stream = gate.stream
        opened = Task { for await _ in stream { return } }
    }

    func open() { gate.continuation.finish() }

    func read(_ request: ReadingRequest) -> AsyncThrowingStream<ReadingEvent, any Error> {
        let isEarly = request.prompt.messages.contains { message in
            if case .text(let text) = message.content { text.contains("early") } else { false }
        }
        return AsyncThrowingStream { continuation in
            if isEarly { continuation.yield(.text("early ")) }
            Task { [opened] in
                await opened.value
                continuation.yield(.text("late"))
                continuation.yield(.finished(ReadingSummary(finishReason: .stop)))
                continuation.finish()
            }
        }
    }
}
