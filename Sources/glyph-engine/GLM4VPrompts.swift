// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphEngine
import GlyphTokens
import GlyphVLM

/// The chat template and the defaults of a GLM-4.1V checkpoint.
struct GLM4VPrompts: PromptEncoder {
    private let folder: ModelFolder

    init(_ folder: ModelFolder) { self.folder = folder }

    var tokenizer: Tokenizer { folder.tokenizer }

    var style: AnswerStyle { AnswerStyle(endTokens: Set(folder.generation.stopTokens)) }

    var defaults: SamplingParameters {
        let generation = folder.generation
        return SamplingParameters(
            temperature: generation.samples == true ? generation.temperature ?? 1 : 0,
            topP: generation.topP ?? 1,
            topK: generation.topK.flatMap { $0 > 0 ? $0 : nil },
            repetitionPenalty: generation.repetitionPenalty ?? 1
        )
    }

    func tokenCount(width: Int, height: Int) throws -> Int {
        try folder.imageProcessor.grid(width: width, height: height).tokenCount
    }

    func prompt(of turns: [EngineTurn], addsGenerationPrompt: Bool) throws -> EnginePrompt {
        var files: [ImageFile] = []
        let messages = try turns.map { turn in
            let parts = try turn.parts.map { part -> Chat.Part in
                switch part {
                case .text(let text): return .text(text)
                case .image(let file):
                    files.append(file)
                    return .image(try folder.imageProcessor.grid(width: file.width, height: file.height))
                }
            }
            return Chat.Message(role(turn.role), parts)
        }
        let prompt = try folder.promptBuilder.prompt(for: Chat(messages, startsAnswer: addsGenerationPrompt))
        let images = zip(files, prompt.images).map { EnginePrompt.PlacedImage(file: $0, range: $1.tokens) }
        return EnginePrompt(tokens: prompt.tokens, images: images)
    }

    private func role(_ role: EngineTurn.Role) -> Chat.Role {
        switch role {
        case .system: .system
        case .user: .user
        case .assistant: .assistant
        }
    }
}
