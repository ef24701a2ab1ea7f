// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

public import GlyphAPI
import GlyphPage
import NIOCore
import Synchronization

/// A reader behind an OpenAI-compatible HTTP server: vLLM, SGLang, a hosted service, or Glyph's own engine.
///
/// One instance should live as long as its endpoint is used: it remembers the model it found and may reuse connections,
/// which it closes when it is released. Redirects are not followed: the key and the document go where the person said and nowhere else.
///
/// Memory: while a request is sent it holds its JSON body, 4/3 of the PNG bytes, besides the pages themselves, and
/// about three times that for a moment while the body is made (100 pages of 200 kB: a body of 27 MB, a peak of 80 MB,
/// 0.13 s). The body is kept for retries and freed with the answer.
public final class EndpointReader: Reader {
    private let configuration: Configuration
    private let transport: Transport
    private let discoveredModel = Mutex<String?>(nil)
    private let operations = Atomic<UInt64>(0)

    /// Prepares a reader; nothing is sent before the first question.
    public init(_ configuration: Configuration) {
        self.configuration = configuration
        transport = Transport(configuration)
    }

    /// The models that the server offers.
    ///
    /// - Throws: `ReadingError`.
    public func models() async throws -> [ModelList.Model] {
        try await retrying(emit: { _ in }) { _ in try await self.transport.models() }
    }

    public func read(_ request: ReadingRequest) -> AsyncThrowingStream<ReadingEvent, any Error> {
        .telling { try await self.run(request, emit: $0) }
    }

    private func run(_ request: ReadingRequest, emit: @escaping @Sendable (ReadingEvent) -> Void) async throws {
        let started = ContinuousClock.now
        let model = try await modelName(emit: emit)
        // Made once: every attempt sends the same bytes, and none pays for encoding the pages again.
        let body = ByteBuffer(bytes: try WireJSON.encode(request.chatRequest(model: model)))
        var summary = try await retrying(emit: emit) { attempts in
            var summary = try await self.transport.ask(body, emit: emit)
            summary.attempts = attempts
            return summary
        }
        summary.total = .now - started
        emit(.finished(summary))
    }

    /// The configured model, or the only one there is.
    private func modelName(emit: (ReadingEvent) -> Void) async throws -> String {
        if let name = configuration.model ?? discoveredModel.withLock({ $0 }) { return name }
        let names = try await retrying(emit: emit) { _ in try await self.transport.models() }.map(\.id)
        guard names.count == 1, let name = names.first else {
            let offer =
                names.isEmpty ? "lists no models" : "offers \(names.count) models: \(names.listed(atMost: 20))"
            throw transport.modelFaults.error(
                .ambiguousModel,
                "no model was named, and the server \(offer)",
                remedy: "Name the model to use."
            )
        }
        discoveredModel.withLock { $0 = name }
        return name
    }

    /// Repeats an operation as the policy says.
    ///
    /// `Transport` reports a failure as transient only while nothing of an answer has arrived.
    private func retrying<Value>(
        emit: (ReadingEvent) -> Void,
        _ operation: (_ attempt: Int) async throws -> Value
    ) async throws -> Value {
        var policy = configuration.retries
        // Requests that fail together must not pause alike.
        policy.seed &+= operations.wrappingAdd(1, ordering: .relaxed).oldValue
        var schedule = RetrySchedule(policy)
        while true {
            do {
                return try await operation(schedule.attempts)
            } catch var failure as ReadingError {
                failure.attempts = schedule.attempts
                guard let pause = schedule.pause(after: failure) else { throw failure }
                emit(.retrying(after: pause, because: failure))
                try await Task.sleep(for: pause)
            }
        }
    }
}
