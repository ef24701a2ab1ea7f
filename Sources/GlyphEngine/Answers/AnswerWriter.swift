// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

package import GlyphAPI
import GlyphPage
package import GlyphTokens

/// When an answer ends.
package struct StopConditions: Sendable, Equatable {
    /// The most tokens to write, reasoning included.
    package var maximumTokens: Int
    /// The answer ends before any of these would appear.
    package var strings: [String]
    /// Whether to go on after an end token: for measuring, where every answer must have the same length.
    package var ignoresEndTokens: Bool

    package init(maximumTokens: Int, strings: [String] = [], ignoresEndTokens: Bool = false) {
        self.maximumTokens = maximumTokens
        self.strings = strings
        self.ignoresEndTokens = ignoresEndTokens
    }
}

/// Turns one conversation's tokens into its answer: characters, stop strings, reasoning, the end.
///
/// A pure state machine; it knows nothing of models and time.
package struct AnswerWriter: Sendable {
    /// Why an answer ended, in OpenAI's words.
    package enum Ending: String, Sendable {
        /// An end token or a stop string.
        case stop
        /// The token limit.
        case length
    }

    private let tokenizer: Tokenizer
    private let conditions: StopConditions
    private let endTokens: Set<Int32>
    /// Reasoning marks that are special tokens would be left out as such, but are text here.
    private let markTexts: [Int32: String]
    private var decoder: TokenStreamDecoder
    private var stops: StopStrings
    private var splitter: ReasoningSplitter

    /// The tokens written so far, the end token included.
    package private(set) var tokenCount = 0
    /// Those of them that are reasoning, marks included.
    package private(set) var reasoningTokenCount = 0
    /// Why the answer ended; nil while it goes on.
    package private(set) var ending: Ending?

    /// - Parameters:
    ///   - tokenizer: The model's tokenizer.
    ///   - style: What the model's family does at the end and while it thinks.
    ///   - conditions: When to stop.
    package init(_ tokenizer: Tokenizer, style: AnswerStyle, conditions: StopConditions) {
        self.tokenizer = tokenizer
        self.conditions = conditions
        endTokens = conditions.ignoresEndTokens ? [] : style.endTokens
        decoder = TokenStreamDecoder(tokenizer)
        stops = StopStrings(conditions.strings)
        splitter = ReasoningSplitter(style.reasoning)
        let marks = style.reasoning == nil ? [] : [ReasoningTags.open, ReasoningTags.close]
        markTexts = Dictionary(
            marks.compactMap { mark in tokenizer.id(ofAddedToken: mark).map { ($0, mark) } },
            uniquingKeysWith: { first, _ in first }
        )
    }

    /// Takes the next token and returns the text it completes; sets `ending` with the last.
    package mutating func take(_ token: Int32) -> [ReasoningSplitter.Piece] {
        guard ending == nil else { return [] }
        tokenCount += 1
        let wasReasoning = splitter.isReasoning
        defer { if wasReasoning || splitter.isReasoning { reasoningTokenCount += 1 } }
        if endTokens.contains(token) {
            return end(.stop)
        }
        var pieces = splitter.push(stops.push(text(of: token)))
        if stops.isMatched {
            pieces += end(.stop)
        } else if tokenCount >= conditions.maximumTokens {
            pieces += end(.length)
        }
        return pieces
    }

    private mutating func end(_ reason: Ending) -> [ReasoningSplitter.Piece] {
        ending = reason
        var pieces = splitter.push(stops.push(decoder.finish()))
        // The last bytes may themselves complete a stop string.
        if stops.isMatched { ending = .stop }
        pieces += splitter.push(stops.finish())
        return pieces + splitter.finish()
    }

    private mutating func text(of token: Int32) -> String {
        if let mark = markTexts[token] { return decoder.finish() + mark }
        // A model's output layer is often padded beyond its vocabulary; an id without a token has no text to lose.
        return (try? decoder.append(token)) ?? ""
    }
}

/// How a family of models ends an answer and marks its thoughts.
package struct AnswerStyle: Sendable, Equatable {
    /// The tokens that end an answer; they are counted but not shown.
    package var endTokens: Set<Int32>
    /// The marks around thoughts; nil for a model that does not think aloud.
    package var reasoning: ReasoningTags?

    package init(endTokens: Set<Int32>, reasoning: ReasoningTags? = ReasoningTags()) {
        self.endTokens = endTokens
        self.reasoning = reasoning
    }
}
