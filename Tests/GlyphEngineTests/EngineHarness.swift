// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphAPI
import GlyphTestSupport
import Synchronization

@testable import GlyphEngine

/// What one request got.
final class Outcome: Sendable {
    struct State {
        var tokens: [Int32] = []
        var text = ""
        var logprobs: [TokenLogprobs] = []
        var progress: [EngineProgress] = []
        var summary: EngineSummary?
        var failure: (any Error)?
        var hasEnded = false
    }

    private let state = Mutex(State())

    var value: State { state.withLock { $0 } }

    func take(_ event: EngineEvent) {
        state.withLock { state in
            switch event {
            case .progress(let progress): state.progress.append(progress)
            case .text(let text):
                state.tokens.append(text.token)
                for case .answer(let piece) in text.pieces { state.text += piece }
                if let logprobs = text.logprobs { state.logprobs.append(logprobs) }
            case .finished(let summary): state.summary = summary
            }
        }
    }

    var sink: EngineSink {
        EngineSink(
            event: { self.take($0) },
            end: { error in
                self.state.withLock { state in
                    state.failure = error
                    state.hasEnded = true
                }
            }
        )
    }
}

/// An engine core that a test drives step by step.
struct EngineHarness {
    let core: EngineCore<ScriptedModel>
    let log: ScriptedModel.Log
    let prompts: ScriptedPrompts

    init(configuration: EngineConfiguration = EngineConfiguration(), answer: [Int32]? = nil) throws {
        prompts = try ScriptedPrompts()
        log = ScriptedModel.Log()
        let model = ScriptedModel(answer: answer, log: log)
        core = EngineCore(model, tokenizer: prompts.tokenizer, style: prompts.style, configuration: configuration)
    }

    static func prompt(_ length: Int, salt: Int32 = 0, images: [EnginePrompt.PlacedImage] = []) -> EnginePrompt {
        EnginePrompt(tokens: (0..<Int32(length)).map { ($0 &* 7 &+ salt) % 251 }, images: images)
    }

    static func request(
        _ prompt: EnginePrompt,
        tokens: Int = 12,
        sampling: SamplingParameters = SamplingParameters(temperature: 0)
    ) -> EngineRequest {
        let stop = StopConditions(maximumTokens: tokens, ignoresEndTokens: true)
        return EngineRequest(prompt: prompt, sampling: sampling, stop: stop)
    }

    @discardableResult
    func submit(_ request: EngineRequest) throws -> (id: Scheduler.JobID, outcome: Outcome) {
        let outcome = Outcome()
        return (try core.submit(request, outcome.sink), outcome)
    }

    func run() { while core.step() {} }

    /// Answers one request to its end.
    func answer(_ request: EngineRequest) throws -> Outcome.State {
        let outcome = try submit(request).outcome
        run()
        return outcome.value
    }
}
