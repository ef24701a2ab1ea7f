// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

/// A reader behind an engine of our own.
///
/// A crash of the engine ends the request in flight with an error that holds the engine's last words; the next request
/// starts it again. Nothing is sent twice by itself: what brought the engine down once would do so again.
public final class EngineReader: Reader {
    private let process: EngineProcess
    private let timeouts: EndpointReader.Timeouts

    public init(_ process: EngineProcess, timeouts: EndpointReader.Timeouts = EndpointReader.Timeouts()) {
        self.process = process
        self.timeouts = timeouts
    }

    public func read(_ request: ReadingRequest) -> AsyncThrowingStream<ReadingEvent, any Error> {
        .telling { try await self.run(request, emit: $0) }
    }

    private func run(_ request: ReadingRequest, emit: (ReadingEvent) -> Void) async throws {
        let started = ContinuousClock.now
        let launch = try await process.running()
        let reader = EndpointReader(
            EndpointReader.Configuration(
                endpoint: try Endpoint("unix://" + launch.socket),
                timeouts: timeouts,
                retries: RetryPolicy(maximumAttempts: 1, seed: 0)
            )
        )
        do {
            for try await event in reader.read(request) {
                if case .finished(var summary) = event {
                    summary.total = .now - started
                    emit(.finished(summary))
                } else {
                    emit(event)
                }
            }
        } catch let fault as ReadingError {
            // The connection breaks a moment before the process is known to have ended.
            guard Self.mayBeCrash(fault), await launch.ending(within: .seconds(1)) != nil else { throw fault }
            var failure = launch.failure("died while it answered", model: process.configuration.model)
            failure.remedy = "The next question starts it again"
            throw failure
        }
    }

    private static func mayBeCrash(_ fault: ReadingError) -> Bool {
        switch fault.kind {
        case .refused, .connectionLost, .truncated, .stalled: true
        default: false
        }
    }
}
