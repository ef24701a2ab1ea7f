// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

package import GlyphEngine
import GlyphPage
package import GlyphTokens

/// A template and a byte tokenizer for `ScriptedModel`: each byte of a text is its own token.
package struct ScriptedPrompts: PromptEncoder {
    package let tokenizer: Tokenizer
    package let style: AnswerStyle
    package var defaults: SamplingParameters

    /// The special tokens, from id 256 on, in order.
    package static let specialTokens = ["<|end|>", "<|user|>", "<|assistant|>", "<|image|>", "<think>", "</think>"]
    /// How many ids there are.
    package static let vocabularySize = 256 + specialTokens.count

    package init(defaults: SamplingParameters = SamplingParameters(temperature: 0)) throws {
        tokenizer = try Self.bytes.get()
        style = AnswerStyle(endTokens: [Self.id("<|end|>")])
        self.defaults = defaults
    }

    /// Made once: tests need it hundreds of times.
    private static let bytes = Result {
        try TokenizerTrainer().train(vocabularySize: vocabularySize, specialTokens: specialTokens)
    }

    /// The id of a special token.
    package static func id(_ content: String) -> Int32 {
        Int32(256 + (specialTokens.firstIndex(of: content) ?? specialTokens.count))
    }

    /// One token for each 8×8 pixels.
    package func tokenCount(width: Int, height: Int) throws -> Int {
        guard max(width, height) <= 200 * min(width, height) else {
            throw InputError(at: "image", "\(width)×\(height) is too long and thin")
        }
        return max(1, width / 8) * max(1, height / 8)
    }

    package func prompt(of turns: [EngineTurn], addsGenerationPrompt: Bool) throws -> EnginePrompt {
        var prompt = EnginePrompt(tokens: [])
        for turn in turns {
            prompt.tokens.append(Self.id(turn.role == .assistant ? "<|assistant|>" : "<|user|>"))
            for part in turn.parts {
                switch part {
                case .text(let text): prompt.tokens += tokenizer.encode(text, specialTokens: .literal)
                case .image(let file):
                    let start = prompt.tokens.count
                    let count = try tokenCount(width: file.width, height: file.height)
                    prompt.tokens += [Int32](repeating: Self.id("<|image|>"), count: count)
                    prompt.images.append(.init(file: file, range: start..<start + count))
                }
            }
        }
        if addsGenerationPrompt { prompt.tokens.append(Self.id("<|assistant|>")) }
        return prompt
    }
}
