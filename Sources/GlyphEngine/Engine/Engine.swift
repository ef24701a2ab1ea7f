// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

package import GlyphTokens

/// Something that answers requests: the engine over any model, as the server sees it.
package protocol AnswerEngine: Sendable {
    var facts: ModelFacts { get }
    /// What has been done so far, readable at any time.
    var metrics: EngineMetrics { get }

    /// Takes a request.
    ///
    /// Dropping the stream, or cancelling the task that iterates it, stops the work within one step.
    ///
    /// - Returns: The answer as it is written. The stream ends after `.finished`, or throws `EngineFailure` or
    ///   `InputError`.
    /// - Throws: `EngineRefusal`.
    func answer(_ request: EngineRequest) async throws -> AsyncThrowingStream<EngineEvent, any Error>

    /// Ends all requests with `EngineRefusal.stopping` and takes no more.
    func stop() async
}

/// A model at work for many conversations, on a thread of its own.
package actor Engine<Model: EngineModel>: AnswerEngine {
    package nonisolated let facts: ModelFacts
    private nonisolated let thread: EngineThread
    private nonisolated let metricsBox: MetricsBox
    private let core: EngineCore<Model>
    private var isStepping = false
    private var hasStopped = false

    package nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }
    package nonisolated var metrics: EngineMetrics { metricsBox.value }

    /// Loads a model and makes it ready.
    ///
    /// - Parameters:
    ///   - configuration: What the engine may use.
    ///   - tokenizer: The model's tokenizer.
    ///   - style: How the model ends its answers.
    ///   - load: Makes the model; called once, on the engine's thread.
    /// - Returns: The engine.
    /// - Throws: What `load` throws.
    package static func start(
        _ configuration: EngineConfiguration = EngineConfiguration(),
        tokenizer: Tokenizer,
        style: AnswerStyle,
        load: @escaping @Sendable () throws -> Model
    ) async throws -> Engine {
        let thread = EngineThread(name: "glyph-engine")
        do {
            return try await Loader(thread).load {
                let core = EngineCore(try load(), tokenizer: tokenizer, style: style, configuration: configuration)
                return Engine(core, thread)
            }
        } catch {
            thread.end()
            throw error
        }
    }

    private init(_ core: sending EngineCore<Model>, _ thread: EngineThread) {
        facts = core.facts
        metricsBox = core.metrics
        self.core = core
        self.thread = thread
    }

    deinit {
        thread.end()
    }

    package func answer(_ request: EngineRequest) throws -> AsyncThrowingStream<EngineEvent, any Error> {
        guard !hasStopped else { throw EngineRefusal.stopping }
        let (stream, continuation) = AsyncThrowingStream<EngineEvent, any Error>.makeStream()
        let sink = EngineSink(event: { continuation.yield($0) }, end: { continuation.finish(throwing: $0) })
        let id = try core.submit(request, sink)
        continuation.onTermination = { [weak self] reason in
            guard case .cancelled = reason else { return }
            Task { await self?.cancel(id) }
        }
        if !isStepping {
            isStepping = true
            Task { await self.work() }
        }
        return stream
    }

    package func stop() {
        hasStopped = true
        core.cancelAll(EngineRefusal.stopping)
    }

    private func cancel(_ id: Scheduler.JobID) {
        core.cancel(id)
    }

    /// Steps until nothing is left to do; between two steps, requests and cancellations get in.
    private func work() async {
        while core.step() { await Task.yield() }
        isStepping = false
    }

    /// Runs the loading on the thread that will own the model.
    private actor Loader {
        private nonisolated let thread: EngineThread
        nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

        init(_ thread: EngineThread) { self.thread = thread }

        func load(_ make: @Sendable () throws -> Engine) throws -> Engine { try make() }
    }
}
