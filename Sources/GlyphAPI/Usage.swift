// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

/// What a request cost, in tokens as the server bills them.
///
/// These are the only honest numerator and denominator for a compression ratio: they include padding, image
/// delimiters and the chat template.
public struct Usage: Codable, Sendable, Equatable {
    /// Tokens read, images included.
    public var promptTokens: Int?
    /// Tokens written, reasoning included.
    public var completionTokens: Int?
    /// The sum, where the server gives it.
    public var totalTokens: Int?
    /// The part of `promptTokens` that came from the server's prefix cache.
    public var cachedPromptTokens: Int? { promptDetails?.cachedTokens?.asTokenCount }
    /// The part of `completionTokens` spent on reasoning.
    public var reasoningTokens: Int? { completionDetails?.reasoningTokens?.asTokenCount }

    private var promptDetails: PromptDetails?
    private var completionDetails: CompletionDetails?

    /// The tokens of two requests together; a part that only one of them tells is that one's.
    public func adding(_ other: Usage?) -> Usage {
        func sum(_ part: (Usage) -> Int?) -> Int? { [part(self), other.flatMap(part)].knownSum }
        return Usage(
            promptTokens: sum(\.promptTokens),
            completionTokens: sum(\.completionTokens),
            cachedPromptTokens: sum(\.cachedPromptTokens),
            reasoningTokens: sum(\.reasoningTokens)
        )
    }

    public init(
        promptTokens: Int?,
        completionTokens: Int?,
        cachedPromptTokens: Int? = nil,
        reasoningTokens: Int? = nil
    ) {
        self.promptTokens = promptTokens
        self.completionTokens = completionTokens
        if let promptTokens, let completionTokens { totalTokens = promptTokens + completionTokens }
        if let cachedPromptTokens { promptDetails = PromptDetails(cachedTokens: cachedPromptTokens) }
        if let reasoningTokens { completionDetails = CompletionDetails(reasoningTokens: reasoningTokens) }
    }

    /// Reads what a server says; numbers that cannot be counts of tokens are taken as not said.
    public init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        promptTokens = try fields.decodeIfPresent(Int.self, forKey: .promptTokens)?.asTokenCount
        completionTokens = try fields.decodeIfPresent(Int.self, forKey: .completionTokens)?.asTokenCount
        totalTokens = try fields.decodeIfPresent(Int.self, forKey: .totalTokens)?.asTokenCount
        promptDetails = try fields.decodeIfPresent(PromptDetails.self, forKey: .promptDetails)
        completionDetails = try fields.decodeIfPresent(CompletionDetails.self, forKey: .completionDetails)
    }

    private struct PromptDetails: Codable, Equatable {
        var cachedTokens: Int?
        enum CodingKeys: String, CodingKey { case cachedTokens = "cached_tokens" }
    }

    private struct CompletionDetails: Codable, Equatable {
        var reasoningTokens: Int?
        enum CodingKeys: String, CodingKey { case reasoningTokens = "reasoning_tokens" }
    }

    private enum CodingKeys: String, CodingKey {
        case promptTokens = "prompt_tokens"
        case completionTokens = "completion_tokens"
        case totalTokens = "total_tokens"
        case promptDetails = "prompt_tokens_details"
        case completionDetails = "completion_tokens_details"
    }
}

extension Int {
    /// A number of tokens that another program gave, or nil for one that no text can have: sums of it would overflow.
    var asTokenCount: Int? { (0...1 << 40).contains(self) ? self : nil }
}
