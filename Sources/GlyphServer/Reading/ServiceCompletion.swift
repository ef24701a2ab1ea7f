// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphAPI
import GlyphHTTP
import GlyphReading

/// Turns a reading into OpenAI's objects, with a `glyph` object that says what pages saved.
struct ServiceCompletion {
    /// OpenAI's object and ours in one.
    struct Object: Encodable {
        var completion: ChatCompletion
        var glyph: CompressionFacts?
        /// Stands in for the completion's own, so that it has a `glyph` object as well.
        var usage: Usage?

        func encode(to encoder: any Encoder) throws {
            try completion.encode(to: encoder)
            var fields = encoder.container(keyedBy: Key.self)
            try fields.encodeIfPresent(glyph, forKey: .glyph)
            if let usage { try fields.encode(Both(usage: usage, glyph: glyph), forKey: .usage) }
        }

        private struct Both: Encodable {
            var usage: Usage
            var glyph: CompressionFacts?

            func encode(to encoder: any Encoder) throws {
                try usage.encode(to: encoder)
                var fields = encoder.container(keyedBy: Key.self)
                try fields.encodeIfPresent(glyph, forKey: .glyph)
            }
        }

        private enum Key: String, CodingKey { case glyph, usage }
    }

    private let id = AnswerID()
    private let model: String
    /// What pages save of the conversation that is read.
    var facts: CompressionFacts
    private let includesUsage: Bool

    init(model: String, facts: CompressionFacts, includesUsage: Bool) {
        (self.model, self.facts, self.includesUsage) = (model, facts, includesUsage)
    }

    func chunk(_ part: AnswerPart) -> Object {
        object("chat.completion.chunk", [.init(delta: part)])
    }

    /// The last chunks of a stream: why it ended and, if asked for, what it took.
    func closing(_ summary: DocumentSummary) -> [Object] {
        let reason = summary.reading.finishReason.description
        let end = object("chat.completion.chunk", [.init(delta: AnswerPart(), finishReason: reason)])
        guard includesUsage else { return [end] }
        return [
            end, object("chat.completion.chunk", [], usage(summary.reading), summary.windows),
        ]
    }

    func whole(_ part: AnswerPart, _ summary: DocumentSummary) -> Object {
        object(
            "chat.completion",
            [.init(message: part, finishReason: summary.reading.finishReason.description)],
            usage(summary.reading),
            summary.windows
        )
    }

    /// What the reader says it took, with the sum that not every reader gives.
    private func usage(_ summary: ReadingSummary) -> Usage {
        var usage = summary.usage ?? Usage(promptTokens: nil, completionTokens: nil)
        if let prompt = usage.promptTokens, let written = usage.completionTokens {
            usage.totalTokens = usage.totalTokens ?? prompt + written
        }
        return usage
    }

    private func object(
        _ kind: String,
        _ choices: [ChatCompletion.Choice],
        _ usage: Usage? = nil,
        _ windows: WindowFacts? = nil
    ) -> Object {
        var facts = facts
        facts.windows = windows
        let completion = ChatCompletion(id: id.text, object: kind, created: id.created, model: model, choices: choices)
        return Object(completion: completion, glyph: usage == nil ? nil : facts, usage: usage)
    }
}
