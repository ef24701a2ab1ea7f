// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphAPI

/// What a reader is asked to do: a prompt, and how to choose the words of the answer.
public struct ReadingRequest: Sendable {
    public var prompt: PagePrompt
    public var sampling: Sampling

    public init(prompt: PagePrompt, sampling: Sampling = Sampling()) {
        self.prompt = prompt
        self.sampling = sampling
    }

    /// The request on the wire, always streamed and always with token counts.
    func chatRequest(model: String?) -> ChatRequest {
        var request = ChatRequest(model: model, messages: prompt.messages)
        switch sampling.tokenLimitField {
        case .maxTokens: request.maxTokens = sampling.maximumTokens
        case .maxCompletionTokens: request.maxCompletionTokens = sampling.maximumTokens
        }
        request.temperature = sampling.temperature
        request.topP = sampling.topP
        request.topK = sampling.topK
        request.seed = sampling.seed
        request.stop = sampling.stop.isEmpty ? nil : StopSequences(sampling.stop)
        request.logprobs = sampling.wantsLogprobs ? true : nil
        request.stream = true
        request.streamOptions = StreamOptions(includeUsage: true)
        return request
    }
}

/// How the words of an answer are chosen; nil leaves the choice to the server.
public struct Sampling: Sendable, Equatable {
    /// The most tokens to write, reasoning included.
    public var maximumTokens: Int?
    /// How `maximumTokens` is named on the wire.
    public var tokenLimitField: TokenLimitField
    /// 0 chooses the most probable token every time.
    public var temperature: Double?
    /// Sample among the most probable tokens whose probabilities add up to this, in (0, 1].
    public var topP: Double?
    /// Sample among this many tokens; vLLM and SGLang know it, OpenAI and `transformers serve` refuse it.
    public var topK: Int?
    /// Makes sampling repeatable on servers that support it.
    public var seed: Int?
    /// The answer ends before any of these would appear.
    public var stop: [String]
    /// Whether to be told how sure the model was.
    public var wantsLogprobs: Bool

    /// The name of the token limit: everyone knows `max_tokens` except OpenAI's reasoning models.
    public enum TokenLimitField: Sendable {
        case maxTokens, maxCompletionTokens
    }

    public init(
        maximumTokens: Int? = nil,
        tokenLimitField: TokenLimitField = .maxTokens,
        temperature: Double? = nil,
        topP: Double? = nil,
        topK: Int? = nil,
        seed: Int? = nil,
        stop: [String] = [],
        wantsLogprobs: Bool = false
    ) {
        self.maximumTokens = maximumTokens
        self.tokenLimitField = tokenLimitField
        self.temperature = temperature
        self.topP = topP
        self.topK = topK
        self.seed = seed
        self.stop = stop
        self.wantsLogprobs = wantsLogprobs
    }
}
