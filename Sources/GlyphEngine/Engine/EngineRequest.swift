// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

package import GlyphAPI

/// One answer to write.
package struct EngineRequest: Sendable {
    package var prompt: EnginePrompt
    package var sampling: SamplingParameters
    package var stop: StopConditions

    package init(prompt: EnginePrompt, sampling: SamplingParameters, stop: StopConditions) {
        self.prompt = prompt
        self.sampling = sampling
        self.stop = stop
    }
}

/// What happens while an answer is written.
package enum EngineEvent: Sendable, Equatable {
    /// The prompt is not read yet; comes every few seconds, so that a waiting client can be told.
    case progress(EngineProgress)
    /// The next tokens and the text they complete; the text may lag behind the tokens.
    case text(EngineText)
    /// The answer is complete; nothing follows.
    case finished(EngineSummary)
}

/// How far a prompt has been read.
package struct EngineProgress: Sendable, Equatable {
    /// Prompt tokens read, those from the prefix cache included.
    package var readTokens: Int
    package var promptTokens: Int
}

/// A piece of an answer.
package struct EngineText: Sendable, Equatable {
    package var pieces: [ReasoningSplitter.Piece]
    package var token: Int32
    package var logprobs: TokenLogprobs?
}

/// What an answer took.
package struct EngineSummary: Sendable, Equatable {
    package var ending: AnswerWriter.Ending
    package var promptTokens: Int
    /// Prompt tokens that came from the prefix cache.
    package var cachedTokens: Int
    /// Tokens written, the end token included.
    package var completionTokens: Int
    package var reasoningTokens: Int
}

/// Why the engine does not take a request, or gives one up.
package enum EngineRefusal: Error, Sendable, Equatable, CustomStringConvertible {
    /// Prompt and answer exceed the context.
    case contextExceeded(promptTokens: Int, answerTokens: Int, limit: Int)
    /// Prompt and answer would need more memory for keys and values than there is, even alone.
    case memoryExceeded(neededBytes: Int, budgetBytes: Int)
    /// Too many requests wait already.
    case busy(waiting: Int)
    /// The engine is being stopped.
    case stopping

    package var description: String {
        switch self {
        case .contextExceeded(let prompt, let answer, let limit):
            "this model's maximum context length is \(limit) tokens; the prompt has \(prompt) and the answer may take "
                + "\(answer). Send fewer pages or ask for a shorter answer (max_tokens)"
        case .memoryExceeded(let needed, let budget):
            "prompt and answer need \(Self.mebibytes(needed)) MiB for keys and values, and the engine may use "
                + "\(Self.mebibytes(budget)) MiB. Send fewer pages, ask for a shorter answer (max_tokens), or start the "
                + "engine with more memory (--cache-memory)"
        case .busy(let waiting):
            "\(waiting) requests are waiting already; try again later"
        case .stopping:
            "the engine is being stopped"
        }
    }

    private static func mebibytes(_ bytes: Int) -> Int { (bytes + (1 << 20) - 1) >> 20 }
}

/// A failure inside the model while it worked for a request; the engine goes on serving others.
package struct EngineFailure: Error, Sendable, CustomStringConvertible {
    /// What it was doing.
    package var activity: String
    /// The model's own words.
    package var reason: String

    package var description: String { "the model failed while \(activity): \(reason)" }
}
