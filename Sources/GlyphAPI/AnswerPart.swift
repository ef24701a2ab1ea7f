// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

/// Text that a model wrote: a whole message or the next piece of one.
public struct AnswerPart: Codable, Sendable, Equatable {
    public var role: String?
    /// The answer proper.
    public var content: String?
    /// What the model thought before it answered.
    public var reasoningContent: String?
    /// Why the model declined to answer, in OpenAI's API.
    public var refusal: String?

    public init(
        role: String? = nil,
        content: String? = nil,
        reasoningContent: String? = nil,
        refusal: String? = nil
    ) {
        self.role = role
        self.content = content
        self.reasoningContent = reasoningContent
        self.refusal = refusal
    }

    private enum CodingKeys: String, CodingKey {
        case role, content, refusal, reasoning
        case reasoningContent = "reasoning_content"
    }

    /// Reads `content` from a string or from typed parts, and reasoning under both of its names.
    ///
    /// `reasoning_content` is DeepSeek's, SGLang's and older vLLM's name, `reasoning` OpenRouter's and newer vLLM's.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        role = try container.decodeIfPresent(String.self, forKey: .role)
        refusal = try container.decodeIfPresent(String.self, forKey: .refusal)
        content = try container.decodeIfPresent(MessageContent.self, forKey: .content)?.text
        reasoningContent =
            try container.decodeIfPresent(String.self, forKey: .reasoningContent)
            ?? container.decodeIfPresent(String.self, forKey: .reasoning)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encodeIfPresent(role, forKey: .role)
        try container.encodeIfPresent(content, forKey: .content)
        try container.encodeIfPresent(reasoningContent, forKey: .reasoningContent)
        try container.encodeIfPresent(refusal, forKey: .refusal)
    }
}

extension MessageContent {
    /// The text of all parts, in order; images have none.
    public var text: String {
        switch self {
        case .text(let text): text
        case .parts(let parts):
            parts.map { if case .text(let text) = $0 { text } else { "" } }.joined()
        }
    }
}
