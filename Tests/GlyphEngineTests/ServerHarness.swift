// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import AsyncHTTPClient
import Foundation
import GlyphAPI
import GlyphPage
import GlyphTestSupport
import GlyphTokens
import NIOCore
import NIOHTTP1

@testable import GlyphEngine

/// A server over a scripted model, at a real port or socket, and a real client.
struct ServerHarness: HTTPHarness {
    let base: String
    let engine: Engine<ScriptedModel>
    let log: ScriptedModel.Log
    let prompts: ScriptedPrompts

    /// Runs a server around a test.
    static func run(
        answer: String? = "Well, é 漢.",
        pace: Duration = .zero,
        limits: ServerLimits = ServerLimits(),
        configuration: EngineConfiguration = EngineConfiguration(),
        socket: String? = nil,
        encoder: (any PromptEncoder)? = nil,
        bodyPatience: Duration = .seconds(60),
        _ body: @escaping @Sendable (ServerHarness) async throws -> Void
    ) async throws {
        let prompts = try ScriptedPrompts()
        let log = ScriptedModel.Log()
        let tokens = answer.map { prompts.tokenizer.encode($0) + [ScriptedPrompts.id("<|end|>")] }
        let engine = try await Engine.start(configuration, tokenizer: prompts.tokenizer, style: prompts.style) {
            ScriptedModel(answer: tokens, pace: pace, log: log)
        }
        let server = EngineServer(engine, encoder ?? prompts, limits: limits, bodyPatience: bodyPatience)
        let (ports, continuation) = AsyncStream<Int?>.makeStream()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await server.run(at: socket.map { .socket(path: $0) } ?? .loopback(port: 0)) { port in
                    continuation.yield(port)
                    continuation.finish()
                }
            }
            var iterator = ports.makeAsyncIterator()
            let port = await iterator.next() ?? nil
            let base = socket.map { "http+unix://" + $0.replacing("/", with: "%2F") }
            let harness = ServerHarness(
                base: base ?? "http://127.0.0.1:\(port ?? 0)",
                engine: engine,
                log: log,
                prompts: prompts
            )
            try await body(harness)
            group.cancelAll()
        }
    }

    /// Asks a question; `fields` are further members of the JSON object.
    func ask(_ text: String = "hi", _ fields: String = "") async throws -> HTTPAnswer {
        let message = #"{"role":"user","content":"\#(text)"}"#
        return try await post(
            "/v1/chat/completions",
            #"{"messages":[\#(message)]\#(fields.isEmpty ? "" : ",")\#(fields)}"#
        )
    }

    /// A message with an image and a text.
    static func message(_ image: [UInt8], _ text: String = "what?") -> String {
        let url = "data:image/png;base64,\(Data(image).base64EncodedString())"
        return #"{"role":"user","content":[{"type":"image_url","image_url":{"url":"\#(url)"}},"#
            + #"{"type":"text","text":"\#(text)"}]}"#
    }

    /// Waits until a condition holds.
    ///
    /// - Returns: Whether it did within half a minute: other tests may keep the processors for seconds.
    func eventually(_ condition: () -> Bool) async throws -> Bool {
        let deadline = ContinuousClock.now + .seconds(30)
        while ContinuousClock.now < deadline {
            if condition() { return true }
            try await Task.sleep(for: .milliseconds(2))
        }
        return condition()
    }
}

extension HTTPAnswer {
    /// The chunks of a streamed answer, and whether it ended with `[DONE]`.
    func chunks() throws -> (chunks: [ChatCompletion], isDone: Bool) {
        let events = try events()
        let chunks = try events.filter { $0.data != ServerSentEvents.done }.map {
            try WireJSON.decode(ChatCompletion.self, from: Array($0.data.utf8), at: "chunk")
        }
        return (chunks, events.last?.data == ServerSentEvents.done)
    }
}
