// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import AsyncHTTPClient
import GlyphAPI
import GlyphPage
import NIOCore
import NIOHTTP1
import NIOPosix

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Sends one request and understands its response; knows nothing of retries.
final class Transport: Sendable {
    private let endpoint: Endpoint
    private let proxy: Proxy?
    private let key: APIKey?
    private let timeouts: EndpointReader.Timeouts
    private let client: HTTPClient

    /// The most of an error's body that is read, and the most of a JSON answer.
    private static let (errorBytes, answerBytes) = (64 << 10, 16 << 20)

    init(_ configuration: EndpointReader.Configuration) {
        endpoint = configuration.endpoint
        proxy = configuration.proxy
        key = configuration.key
        timeouts = configuration.timeouts
        var http = HTTPClient.Configuration(
            redirectConfiguration: .disallow,
            timeout: .init(connect: TimeAmount(timeouts.connect))
        )
        // The library would hide a refused connection until the timeout; `RetryPolicy` decides instead.
        http.connectionPool.retryConnectionEstablishment = false
        // By default a ninth request would wait for one of eight to end. Callers bound how much they ask at once.
        http.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 4096
        http.proxy = proxy?.configuration
        client = HTTPClient(eventLoopGroup: MultiThreadedEventLoopGroup.singleton, configuration: http)
    }

    deinit {
        // Requests in flight keep the transport alive, so only idle connections are left to close.
        client.shutdown { _ in }
    }

    var modelFaults: FaultReport { FaultReport(url: endpoint.models, key: key, proxy: proxy) }

    /// `GET /v1/models`.
    func models() async throws -> [ModelList.Model] {
        let faults = modelFaults
        return try await watched(faults) { _ in
            let response = try await self.send(self.request(.GET, self.endpoint.models), sentBytes: 0, faults)
            var body = response.body.makeAsyncIterator()
            let bytes = try await Self.collect(&body, limit: Self.answerBytes)
            if response.headers.first(name: "content-type")?.lowercased().hasPrefix("text/html") == true {
                throw faults.notAnAPI(bytes)
            }
            return try WireJSON.decode(ModelList.self, from: bytes, at: "model list").data
        }
    }

    /// `POST /v1/chat/completions`.
    ///
    /// - Returns: A summary whose `total` and `attempts` the caller fills in.
    func ask(
        _ body: ByteBuffer,
        emit: @escaping @Sendable (ReadingEvent) -> Void
    ) async throws -> ReadingSummary {
        let faults = FaultReport(url: endpoint.chatCompletions, key: key, proxy: proxy)
        return try await watched(faults) { watchdog in
            var request = self.request(.POST, self.endpoint.chatCompletions)
            request.headers.add(name: "Content-Type", value: "application/json")
            request.headers.add(name: "Accept", value: "text/event-stream, application/json")
            request.body = .bytes(body)
            var exchange = Exchange(watchdog: watchdog, idle: self.timeouts.idle, emit: emit)
            let response = try await self.send(request, sentBytes: body.readableBytes, faults)
            var iterator = response.body.makeAsyncIterator()
            guard let first = try await iterator.next() else { throw HTTPClientError.remoteConnectionClosed }
            switch AnswerFraming(contentType: response.headers.first(name: "content-type"), start: first) {
            case .events:
                return try await exchange.readEvents(first, &iterator)
            case .json:
                return try await exchange.readWhole(first, &iterator, limit: Self.answerBytes)
            case .unknown:
                throw faults.notAnAPI(try await Self.collect(&iterator, after: first, limit: Self.errorBytes))
            }
        }
    }

    private func request(_ method: HTTPMethod, _ url: String) -> HTTPClientRequest {
        var request = HTTPClientRequest(url: url)
        request.method = method
        request.headers.add(name: "User-Agent", value: "glyph")
        if let key { request.headers.add(name: "Authorization", value: "Bearer \(key.secret)") }
        return request
    }

    /// Sends a request and accepts only a 200.
    private func send(
        _ request: HTTPClientRequest,
        sentBytes: Int,
        _ faults: FaultReport
    ) async throws -> HTTPClientResponse {
        let response = try await client.execute(request, deadline: .distantFuture)
        guard response.status == .ok else {
            var body = response.body.makeAsyncIterator()
            // A body that breaks off must not hide the status.
            let bytes = (try? await Self.collect(&body, limit: Self.errorBytes)) ?? []
            throw faults.error(
                status: Int(response.status.code),
                headers: { response.headers.first(name: $0) },
                body: bytes,
                sentBytes: sentBytes,
                now: Date.now.timeIntervalSince1970
            )
        }
        return response
    }

    /// Reads a body up to a limit; the rest is left unread, which closes the connection.
    private static func collect(
        _ body: inout HTTPClientResponse.Body.AsyncIterator,
        after first: ByteBuffer = ByteBuffer(),
        limit: Int
    ) async throws -> [UInt8] {
        var bytes = Array(first.readableBytesView)
        while bytes.count < limit, let next = try await body.next() {
            bytes += next.readableBytesView.prefix(limit - bytes.count)
        }
        return bytes
    }

    /// Runs an exchange beside its watchdog and gives every failure its meaning.
    private func watched<Value: Sendable>(
        _ faults: FaultReport,
        _ exchange: @escaping @Sendable (Watchdog) async throws -> Value
    ) async throws -> Value {
        let watchdog = Watchdog(waitingFor: .firstToken, within: timeouts.firstToken, shortest: timeouts.idle)
        do {
            return try await withThrowingTaskGroup(of: Value?.self) { group in
                defer { group.cancelAll() }
                group.addTask {
                    try await watchdog.watch()
                    return nil
                }
                group.addTask { try await exchange(watchdog) }
                while let result = try await group.next() {
                    if let result { return result }
                }
                throw CancellationError()
            }
        } catch let failure {
            if Task.isCancelled { throw CancellationError() }
            switch failure {
            case is ReadingError, is CancellationError: throw failure
            case let fault as AnswerAssembler.Fault: throw faults.error(fault)
            case let expired as Watchdog.Expired: throw faults.error(expired)
            case let fault as InputError: throw faults.error(AnswerAssembler.Fault.unreadable("\(fault)"))
            default: throw faults.error(network: failure)
            }
        }
    }
}
