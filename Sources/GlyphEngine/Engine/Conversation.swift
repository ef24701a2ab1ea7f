// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

/// Where one request's events go; called on the engine's thread, so it must not block.
struct EngineSink: Sendable {
    var event: @Sendable (EngineEvent) -> Void
    /// Nothing follows; with an error if the answer is not complete.
    var end: @Sendable ((any Error)?) -> Void
}

extension EngineCore {
    /// A request on its way through the engine.
    ///
    /// A class, because it changes with every token, and what it holds must not be copied each time.
    final class Conversation {
        let request: EngineRequest
        /// The names of the prompt's full blocks.
        let keys: [String]
        let blocks: Int
        let sink: EngineSink
        var times: Times
        var sampler: Sampler
        var writer: AnswerWriter
        /// Blocks reserved for it; from here on set while it runs.
        var reserved = 0
        var cache: Model.Cache?
        /// Vectors of images that are still to be read, by index.
        var vectors: [Int: Model.ImageVectors] = [:]
        var known = 0
        var position = 0
        /// The token chosen last, not yet in the cache.
        var lastToken: Int32?

        init(
            _ request: EngineRequest,
            keys: [String],
            blocks: Int,
            sink: EngineSink,
            writer: AnswerWriter,
            now: ContinuousClock.Instant
        ) {
            self.request = request
            self.keys = keys
            self.blocks = blocks
            self.sink = sink
            self.writer = writer
            times = Times(submitted: now, reported: now)
            sampler = Sampler(request.sampling, prompt: request.prompt.tokens)
        }
    }

    struct Times {
        var submitted: ContinuousClock.Instant
        var admitted: ContinuousClock.Instant?
        var firstToken: ContinuousClock.Instant?
        var reported: ContinuousClock.Instant
    }
}
