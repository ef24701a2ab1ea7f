// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

/// The body of `POST /v1/chat/completions`.
///
/// Every optional that is nil is left out of the JSON, so a server's own default applies; some servers (for example
/// `transformers serve`) refuse a request for a field they do not know, even when it is null.
public struct ChatRequest: Codable, Sendable, Equatable {
    /// The model's name as the server lists it; a server that was started for one model may do without.
    public var model: String?
    /// The conversation, oldest message first.
    public var messages: [ChatMessage]
    /// The most tokens to generate, reasoning included.
    public var maxTokens: Int?
    /// The newer name of `maxTokens`; OpenAI's reasoning models accept only this one.
    public var maxCompletionTokens: Int?
    /// 0 chooses the most probable token every time.
    public var temperature: Double?
    /// Sample among the most probable tokens whose probabilities add up to this, in (0, 1].
    public var topP: Double?
    /// Sample among this many tokens; an extension of vLLM and SGLang, not part of OpenAI's API.
    public var topK: Int?
    /// Above 1 makes words less likely that were there before; an extension of vLLM and SGLang.
    public var repetitionPenalty: Double?
    /// Makes sampling repeatable on servers that support it.
    public var seed: Int?
    /// Whether the answer tells how probable each token was.
    public var logprobs: Bool?
    /// How many alternatives are told with each token; only with `logprobs`.
    public var topLogprobs: Int?
    /// Go on after an end token; an extension of vLLM, for measuring.
    public var ignoreEndTokens: Bool?
    /// Generation ends before any of these would appear.
    public var stop: StopSequences?
    /// Whether the answer comes as server-sent events, piece by piece.
    public var stream: Bool?
    /// What a streamed answer carries besides its text.
    public var streamOptions: StreamOptions?

    /// A request with the server's defaults for everything but the conversation.
    public init(model: String? = nil, messages: [ChatMessage]) {
        self.model = model
        self.messages = messages
    }

    package enum CodingKeys: String, CodingKey, CaseIterable {
        case model, messages, temperature, seed, stop, stream, logprobs
        case maxTokens = "max_tokens"
        case maxCompletionTokens = "max_completion_tokens"
        case topP = "top_p"
        case topK = "top_k"
        case repetitionPenalty = "repetition_penalty"
        case topLogprobs = "top_logprobs"
        case ignoreEndTokens = "ignore_eos"
        case streamOptions = "stream_options"
    }
}

/// What a streamed answer carries besides its text.
public struct StreamOptions: Codable, Sendable, Equatable {
    /// Ask for one last chunk with the token counts.
    public var includeUsage: Bool?

    public init(includeUsage: Bool? = nil) {
        self.includeUsage = includeUsage
    }

    enum CodingKeys: String, CodingKey {
        case includeUsage = "include_usage"
    }
}

/// The strings that end generation; written as an array, read from an array or from a single string.
public struct StopSequences: Codable, Sendable, Equatable, ExpressibleByArrayLiteral {
    public var strings: [String]

    public init(_ strings: [String]) {
        self.strings = strings
    }

    public init(arrayLiteral elements: String...) {
        strings = elements
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let one = try? container.decode(String.self) {
            strings = [one]
        } else {
            strings = try container.decode([String].self)
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(strings)
    }
}
