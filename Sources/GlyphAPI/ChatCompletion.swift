// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

/// An answer, whole or in part.
///
/// One type serves `chat.completion` and `chat.completion.chunk`: the only difference is whether a choice holds a
/// `message` or a `delta`, and servers that ignore `stream` must be understood too. Reading is lenient: apart from
/// `choices`, which may be empty, everything may be missing, because every server leaves out something else.
public struct ChatCompletion: Codable, Sendable, Equatable {
    public var id: String?
    /// `chat.completion` or `chat.completion.chunk`.
    public var object: String?
    /// Seconds since 1970.
    public var created: Int?
    /// The model that answered; routers may choose another than the one asked for.
    public var model: String?
    public var choices: [Choice]
    public var usage: Usage?

    public init(
        id: String? = nil,
        object: String? = nil,
        created: Int? = nil,
        model: String? = nil,
        choices: [Choice],
        usage: Usage? = nil
    ) {
        self.id = id
        self.object = object
        self.created = created
        self.model = model
        self.choices = choices
        self.usage = usage
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        id = try? container.decodeIfPresent(String.self, forKey: .id)
        object = try? container.decodeIfPresent(String.self, forKey: .object)
        created = try? container.decodeIfPresent(Int.self, forKey: .created)
        model = try container.decodeIfPresent(String.self, forKey: .model)
        choices = try container.decodeIfPresent([Choice].self, forKey: .choices) ?? []
        usage = try container.decodeIfPresent(Usage.self, forKey: .usage)
    }

    /// One of the answers asked for; Glyph always asks for one.
    public struct Choice: Codable, Sendable, Equatable {
        public var index: Int?
        /// The whole answer, when it was not streamed.
        public var message: AnswerPart?
        /// The next piece of a streamed answer.
        public var delta: AnswerPart?
        /// Why the answer ended: `stop`, `length`, `content_filter`, `tool_calls` or a server's own word.
        public var finishReason: String?
        /// How probable the tokens of this piece were, if the request asked.
        public var logprobs: ChoiceLogprobs?

        public init(
            index: Int? = 0,
            message: AnswerPart? = nil,
            delta: AnswerPart? = nil,
            finishReason: String? = nil,
            logprobs: ChoiceLogprobs? = nil
        ) {
            self.index = index
            self.message = message
            self.delta = delta
            self.finishReason = finishReason
            self.logprobs = logprobs
        }

        enum CodingKeys: String, CodingKey {
            case index, message, delta, logprobs
            case finishReason = "finish_reason"
        }
    }
}
