// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphAPI
import GlyphHTTP
import GlyphTokens

/// Turns engine events into OpenAI's objects; no input or output of its own.
struct ChatAnswer {
    let id: AnswerID
    let model: String
    let tokenizer: Tokenizer
    let includesUsage: Bool

    /// The first chunk of a stream: who speaks.
    func opening() -> ChatCompletion {
        chunk(.init(delta: AnswerPart(role: "assistant", content: "")))
    }

    /// The next chunk; nil while text is held back.
    func chunk(_ text: EngineText) -> ChatCompletion? {
        let part = AnswerPart(text.pieces)
        guard part != AnswerPart() || text.logprobs != nil else { return nil }
        return chunk(.init(delta: part, logprobs: logprobs(text).map { ChoiceLogprobs(content: [$0]) }))
    }

    /// The last chunks of a stream: why it ended and, if asked for, what it took.
    func closing(_ summary: EngineSummary) -> [ChatCompletion] {
        let end = chunk(.init(delta: AnswerPart(), finishReason: summary.ending.rawValue))
        guard includesUsage else { return [end] }
        return [end, object("chat.completion.chunk", choices: [], usage: Usage(summary))]
    }

    /// A whole answer.
    func whole(_ texts: [EngineText], _ summary: EngineSummary) -> ChatCompletion {
        var part = AnswerPart(texts.flatMap(\.pieces))
        part.role = "assistant"
        part.content = part.content ?? ""
        let entries = texts.compactMap(logprobs)
        return object(
            "chat.completion",
            choices: [
                .init(
                    message: part,
                    finishReason: summary.ending.rawValue,
                    logprobs: entries.isEmpty ? nil : ChoiceLogprobs(content: entries)
                )
            ],
            usage: Usage(summary)
        )
    }

    private func chunk(_ choice: ChatCompletion.Choice) -> ChatCompletion {
        object("chat.completion.chunk", choices: [choice], usage: nil)
    }

    private func object(_ kind: String, choices: [ChatCompletion.Choice], usage: Usage?) -> ChatCompletion {
        ChatCompletion(
            id: id.text,
            object: kind,
            created: id.created,
            model: model,
            choices: choices,
            usage: usage
        )
    }

    private func logprobs(_ text: EngineText) -> ChoiceLogprobs.Token? {
        guard let logprobs = text.logprobs else { return nil }
        var token = entry(logprobs.chosen)
        token.topLogprobs = logprobs.alternatives.map(entry)
        return token
    }

    private func entry(_ entry: TokenLogprobs.Entry) -> ChoiceLogprobs.Token {
        let bytes = (try? tokenizer.decode(CollectionOfOne(entry.token))) ?? []
        return ChoiceLogprobs.Token(
            token: String(decoding: bytes, as: UTF8.self),
            logprob: Double(entry.logprob),
            bytes: bytes,
            tokenID: Int(entry.token)
        )
    }
}

extension AnswerPart {
    fileprivate init(_ pieces: [ReasoningSplitter.Piece]) {
        self.init()
        for piece in pieces {
            switch piece {
            case .answer(let text): content = (content ?? "") + text
            case .reasoning(let text): reasoningContent = (reasoningContent ?? "") + text
            }
        }
    }
}

extension Usage {
    fileprivate init(_ summary: EngineSummary) {
        self.init(
            promptTokens: summary.promptTokens,
            completionTokens: summary.completionTokens,
            cachedPromptTokens: summary.cachedTokens,
            reasoningTokens: summary.reasoningTokens
        )
    }
}
