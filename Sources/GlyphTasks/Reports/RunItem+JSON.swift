// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage

extension RunItem {
    /// The item as one line of JSON, without the line end.
    var jsonLine: String {
        var members = [
            "\"id\":\(key.example.jsonLiteral)", "\"task\":\(task.jsonLiteral)", "\"reader\":\(key.reader.jsonLiteral)",
            "\"strategy\":\(key.strategy.jsonLiteral)", "\"config\":\(key.config.jsonLiteral)",
        ]
        switch outcome {
        case .answered(let text, let score):
            members += ["\"score\":\(score)", "\"answer\":\(text.jsonLiteral)"]
        case .failed(let reason): members.append("\"failure\":\(reason.jsonLiteral)")
        }
        if let errors { members += ["\"edits\":\(errors.edits)", "\"length\":\(errors.length)"] }
        if let wordErrors {
            members += ["\"word_edits\":\(wordErrors.edits)", "\"words\":\(wordErrors.length)"]
        }
        members += [
            "\"context_tokens\":\(contextTokens)", "\"spent_tokens\":\(spentTokens)", "\"seconds\":\(seconds)",
        ]
        return "{" + members.joined(separator: ",") + "}"
    }

    /// Reads one line.
    ///
    /// - Throws: `InputError` that names the key that is missing or of another kind.
    init(_ row: JSONRow) throws {
        key = Key(
            reader: try row.string("reader"),
            strategy: try row.string("strategy"),
            config: try row.string("config"),
            example: try row.string("id")
        )
        task = try row.string("task")
        switch (row.value("score"), row.value("failure")) {
        case (.some, .none):
            let score = try row.number("score")
            guard (0...1).contains(score) else { throw row.error("score", "a number from 0 to 1") }
            outcome = .answered(text: try row.string("answer"), score: score)
        case (.none, .some): outcome = .failed(reason: try row.string("failure"))
        default: throw row.error("score", "either a score or a failure")
        }
        if row.value("edits") != nil {
            errors = ErrorCount(edits: try row.integer("edits"), length: try row.integer("length"))
        }
        if row.value("word_edits") != nil {
            wordErrors = ErrorCount(edits: try row.integer("word_edits"), length: try row.integer("words"))
        }
        contextTokens = try row.integer("context_tokens")
        spentTokens = try row.integer("spent_tokens")
        seconds = try row.number("seconds")
    }
}
