// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage
package import GlyphTokens

/// The family's chat template: a conversation becomes token ids.
///
/// `[gMASK]<sop>`, then each message as its role's token, a line feed and the content, images as `<|begin_of_image|>`,
/// as many `<|image|>` as the image has tokens, and `<|end_of_image|>`; at the end `<|assistant|>` and a line feed.
/// GLM-OCR's template spells out the thought of each answer. Special tokens spelled out in a message stay text, so that
/// nobody can end a turn from inside one: the one deliberate difference from `apply_chat_template`.
package struct PromptBuilder: Sendable {
    /// The tokenizer that the prompts are made with.
    package let tokenizer: Tokenizer
    private let contextLength: Int
    private let spellsThoughts: Bool
    private let start: [Int32]
    private let system: Int32
    private let user: Int32
    private let assistant: Int32
    private let imageToken: Int32
    private let imageStart: Int32
    private let imageEnd: Int32

    /// Finds the tokens that the template needs.
    ///
    /// - Throws: `InputError` for a tokenizer without them, or one that does not go with the model.
    package init(_ tokenizer: Tokenizer, for model: ModelConfiguration) throws {
        func id(_ content: String) throws -> Int32 {
            guard let id = tokenizer.id(ofAddedToken: content) else {
                throw InputError(
                    at: "tokenizer.json: added_tokens",
                    "\(content) is missing",
                    expected: "the tokenizer of a GLM-4.1V or GLM-OCR checkpoint"
                )
            }
            return id
        }
        guard tokenizer.vocabularySize <= model.text.vocabularySize else {
            throw InputError(
                at: "tokenizer.json",
                "the tokenizer has ids up to \(tokenizer.vocabularySize - 1)",
                expected: "ids below the model's vocab_size, \(model.text.vocabularySize)",
                remedy: "Use the tokenizer that the checkpoint was published with."
            )
        }
        self.tokenizer = tokenizer
        contextLength = model.text.contextLength
        spellsThoughts = model.family == .glmOCR
        start = [try id("[gMASK]"), try id("<sop>")]
        system = try id("<|system|>")
        user = try id("<|user|>")
        assistant = try id("<|assistant|>")
        imageToken = try id("<|image|>")
        imageStart = try id("<|begin_of_image|>")
        imageEnd = try id("<|end_of_image|>")
        for (content, found, expected) in [
            ("<|image|>", imageToken, model.imageToken), ("<|begin_of_image|>", imageStart, model.imageStartToken),
            ("<|end_of_image|>", imageEnd, model.imageEndToken),
        ] where found != expected {
            throw InputError(
                at: "tokenizer.json: added_tokens",
                "\(content) is \(found)",
                expected: "\(expected), as config.json says",
                remedy: "Use the tokenizer that the checkpoint was published with."
            )
        }
    }

    /// The prompt of a conversation.
    ///
    /// - Throws: `InputError` for a conversation that is longer than the model's context, or GLM-OCR's with an image in
    ///   an answer.
    package func prompt(for chat: Chat) throws -> Prompt {
        var prompt = Prompt()
        prompt.append(start)
        let lastQuestion = chat.messages.lastIndex { $0.role == .user } ?? -1
        for (index, message) in chat.messages.enumerated() {
            prompt.append([token(of: message.role)])
            // Text up to the next special token is encoded in one go: merges cross the borders of parts.
            var text = "\n"
            let isSpelled = spellsThoughts && message.role == .assistant
            let parts = isSpelled ? [try spelledOut(message, keepsThought: index > lastQuestion)] : message.parts
            for part in parts {
                switch part {
                case .text(let piece): text += piece
                case .image(let grid):
                    append(&text, to: &prompt)
                    prompt.append([imageStart])
                    try checkLength(prompt.tokens.count + grid.tokenCount)
                    prompt.append(grid, token: imageToken)
                    prompt.append([imageEnd])
                }
            }
            if message.role == .user, !chat.allowsThinking, !text.hasSuffix("/nothink") { text += "/nothink" }
            append(&text, to: &prompt)
            try checkLength(prompt.tokens.count)
        }
        if chat.startsAnswer {
            prompt.append([assistant])
            var text = chat.allowsThinking ? "\n" : spellsThoughts ? "\n<think></think>\n" : "\n<think></think>"
            append(&text, to: &prompt)
        }
        try checkLength(prompt.tokens.count)
        return prompt
    }

    /// An answer as GLM-OCR's template has it: its thought, empty before the last question, then the rest.
    private func spelledOut(_ message: Chat.Message, keepsThought: Bool) throws -> Chat.Part {
        let text = try message.parts.reduce("") { text, part in
            guard case .text(let piece) = part else {
                throw InputError(at: "an assistant's message", "it holds an image", expected: "text")
            }
            return text + piece
        }
        var answer = text[...]
        var thought = ""[...]
        let pieces = text.split(separator: "</think>", omittingEmptySubsequences: false)
        if pieces.count > 1 {
            thought = pieces[0].split(separator: "<think>", omittingEmptySubsequences: false).last ?? ""
            answer = pieces[pieces.count - 1]
        }
        let (kept, rest) = (keepsThought ? Self.stripped(thought) : "", Self.stripped(answer))
        return .text("<think>\(kept)</think>" + (rest.isEmpty ? "" : "\n\(rest)"))
    }

    private static func stripped(_ text: Substring) -> Substring {
        let start = text.drop(while: \.isWhitespace)
        return start[..<(start.lastIndex { !$0.isWhitespace }.map(start.index(after:)) ?? start.startIndex)]
    }

    private func token(of role: Chat.Role) -> Int32 {
        switch role {
        case .system: system
        case .user: user
        case .assistant: assistant
        }
    }

    private func append(_ text: inout String, to prompt: inout Prompt) {
        if !text.isEmpty { prompt.append(tokenizer.encode(text, specialTokens: .literal)) }
        text = ""
    }

    private func checkLength(_ count: Int) throws {
        guard count <= contextLength else {
            throw InputError(
                at: "prompt",
                "it has more than \(contextLength) tokens",
                expected: "at most the model's context",
                remedy: "Send fewer or smaller pages."
            )
        }
    }
}
