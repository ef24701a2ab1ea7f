// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

/// How probable the tokens of an answer were.
public struct ChoiceLogprobs: Codable, Sendable, Equatable {
    /// One entry for each token, in order.
    public var content: [Token]?

    public init(content: [Token]) {
        self.content = content
    }

    /// A token with the natural logarithm of its probability.
    public struct Token: Codable, Sendable, Equatable {
        /// The token's text; a token that is part of a character has U+FFFD in it.
        public var token: String
        public var logprob: Double
        /// The token's own bytes, from which a character spread over tokens can be put together.
        public var bytes: [UInt8]?
        /// The token's number in the vocabulary; an extension, because texts of different tokens can be equal.
        public var tokenID: Int?
        /// The most probable tokens at this place, best first; nil in those themselves.
        public var topLogprobs: [Token]?

        public init(
            token: String,
            logprob: Double,
            bytes: [UInt8]? = nil,
            tokenID: Int? = nil,
            topLogprobs: [Token]? = nil
        ) {
            self.token = token
            self.logprob = logprob
            self.bytes = bytes
            self.tokenID = tokenID
            self.topLogprobs = topLogprobs
        }

        enum CodingKeys: String, CodingKey {
            case token, logprob, bytes
            case tokenID = "token_id"
            case topLogprobs = "top_logprobs"
        }
    }
}
