// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

/// The body of `POST /tokenize`, in vLLM's form: a text, or a conversation.
public struct TokenizeRequest: Codable, Sendable, Equatable {
    public var model: String?
    /// A text to split as it is.
    public var prompt: String?
    /// A conversation, to learn the ids that the model would really receive.
    public var messages: [ChatMessage]?
    /// Whether a text gets what the tokenizer puts around every text; vLLM's default is true.
    public var addSpecialTokens: Bool?
    /// Whether a conversation's prompt ends where the answer would begin; the default is true.
    public var addGenerationPrompt: Bool?
    /// Whether the answer also spells the tokens.
    public var returnTokenStrings: Bool?

    enum CodingKeys: String, CodingKey {
        case model, prompt, messages
        case addSpecialTokens = "add_special_tokens"
        case addGenerationPrompt = "add_generation_prompt"
        case returnTokenStrings = "return_token_strs"
    }
}

/// The answer to `POST /tokenize`.
public struct TokenizeResponse: Codable, Sendable, Equatable {
    public var count: Int
    public var maxModelLength: Int
    public var tokens: [Int32]
    /// The tokens spelled, if the request asked.
    public var tokenStrings: [String]?

    public init(tokens: [Int32], maxModelLength: Int, tokenStrings: [String]? = nil) {
        count = tokens.count
        self.maxModelLength = maxModelLength
        self.tokens = tokens
        self.tokenStrings = tokenStrings
    }

    enum CodingKeys: String, CodingKey {
        case count, tokens
        case maxModelLength = "max_model_len"
        case tokenStrings = "token_strs"
    }
}

/// The body of `POST /detokenize`.
public struct DetokenizeRequest: Codable, Sendable, Equatable {
    public var model: String?
    public var tokens: [Int32]
}

/// The answer to `POST /detokenize`.
public struct DetokenizeResponse: Codable, Sendable, Equatable {
    /// The text, special tokens spelled out.
    public var prompt: String

    public init(prompt: String) {
        self.prompt = prompt
    }
}
