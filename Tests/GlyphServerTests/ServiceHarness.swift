// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import AsyncHTTPClient
import Foundation
import GRDB
import GlyphAPI
import GlyphReading
import GlyphTestSupport
import GlyphTokens
import NIOCore
import NIOHTTP1
import Testing

@testable import GlyphServer

/// A service at a real port, and a real client.
struct ServiceHarness: HTTPHarness {
    let base: String
    /// Tells the service to stop, as a signal does.
    let stop: @Sendable () async -> Void

    static let modelName = "scripted"

    /// Runs a service around a test.
    static func run(
        _ reader: (any Reader)? = ScriptedReader([.answer("yes")]),
        token: String? = nil,
        card: ReadingCard? = nil,
        text: (any Reader)? = nil,
        contextLength: Int? = nil,
        data: String? = nil,
        store: ServiceStore? = nil,
        limits: ServiceLimits = ServiceLimits(),
        models: [String] = [modelName],
        bodyPatience: Duration = .seconds(60),
        _ body: @escaping @Sendable (ServiceHarness) async throws -> Void
    ) async throws {
        let served = try reader.map { reader in
            ServedReader(
                reader,
                family: try ReaderFamily.named("glm-4.1v"),
                card: card,
                textReader: text.map { ServedReader.TextReader($0, name: "reads text") },
                contextLength: { contextLength }
            ) {
                models.map { ModelList.Model(id: $0) }
            }
        }
        let store = try store ?? data.map { try ServiceStore(folder: $0, limits: limits) }
        let service = try GlyphService(
            reader: served,
            token: token,
            store: store,
            limits: limits,
            bodyPatience: bodyPatience
        )
        let (ports, continuation) = AsyncStream<Int>.makeStream()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await service.run(host: "127.0.0.1", port: 0) { port in
                    continuation.yield(port)
                    continuation.finish()
                }
            }
            var iterator = ports.makeAsyncIterator()
            let port = try #require(await iterator.next())
            try await body(ServiceHarness(base: "http://127.0.0.1:\(port)") { await service.stop() })
            await service.stop()
            try await group.next()
        }
    }

    func delete(_ path: String) async throws -> HTTPAnswer { try await send(request(.DELETE, path)) }

    /// Sends a form with a file, as OpenAI's client does.
    func upload(_ content: [UInt8], name: String = "a.txt", purpose: String = "user_data") async throws -> HTTPAnswer {
        var request = request(.POST, "/v1/files")
        request.headers.add(name: "Content-Type", value: "multipart/form-data; boundary=edge")
        let head =
            "--edge\r\nContent-Disposition: form-data; name=\"purpose\"\r\n\r\n\(purpose)\r\n"
            + "--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"\(name)\"\r\n"
            + "Content-Type: text/plain\r\n\r\n"
        request.body = .bytes(Array(head.utf8) + content + Array("\r\n--edge--\r\n".utf8))
        return try await send(request)
    }

    /// Waits until a response holds some text.
    @discardableResult
    func waitFor(_ text: String, at path: String) async throws -> String {
        let deadline = ContinuousClock.now + .seconds(10)
        var last = ""
        while ContinuousClock.now < deadline {
            last = try await get(path).text
            if last.contains(text) { return last }
            try await Task.sleep(for: .milliseconds(10))
        }
        Issue.record("\(text) was not seen, but \(last)")
        return last
    }

    /// A folder that is gone after the test.
    static func withFolder(_ body: (String) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.path + "/glyph-" + UUID().uuidString
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await body(folder)
    }

    /// A service's database, as another program opens it; it waits for what the service itself is writing.
    static func database(in folder: String) throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.allowsUnsafeTransactions = true
        configuration.busyMode = .timeout(10)
        return try DatabaseQueue(path: folder + "/service.sqlite", configuration: configuration)
    }

    /// Waits until a metric has a value.
    func waitFor(_ metric: String) async throws {
        let deadline = ContinuousClock.now + .seconds(10)
        while ContinuousClock.now < deadline {
            if try await get("/metrics").text.contains(metric + "\n") { return }
            try await Task.sleep(for: .milliseconds(10))
        }
        Issue.record("\(metric) was not seen")
    }

    /// About so many words of text in paragraphs, without a character that JSON would escape.
    static func prose(words: Int) -> String {
        let kinds = ["the", "river", "ran", "past", "an", "old", "mill", "where", "nobody", "had", "lived", "since"]
        return (0..<words).map { kinds[$0 * 7 % kinds.count] + ($0 % 60 == 59 ? "." : "") }.joined(separator: " ")
    }
}

extension HTTPAnswer {
    /// The error in OpenAI's shape.
    func error() throws -> APIError { try decode(APIError.self) }
}

/// A reader that says one word and then waits until its question is withdrawn.
final class EndlessReader: Reader {
    func read(_ request: ReadingRequest) -> AsyncThrowingStream<ReadingEvent, any Error> {
        AsyncThrowingStream { $0.yield(.text("well")) }
    }
}
