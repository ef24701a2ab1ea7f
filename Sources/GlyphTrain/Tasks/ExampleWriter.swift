// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage
import GlyphTokens
import GlyphVLM

/// Writes pages and texts as sequences of tokens, and says which tokens are to be predicted.
struct ExampleWriter {
    private let folder: ModelFolder
    private let vocabulary: SequenceVocabulary

    init(_ folder: ModelFolder) throws {
        self.folder = folder
        vocabulary = try SequenceVocabulary(folder)
    }

    /// A part of a sequence.
    enum Piece {
        case page(TrainingPage)
        /// Text that need not be predicted.
        case given([UInt8])
        /// What is to be predicted, with the token that ends it.
        case wanted([UInt8])
    }

    /// A sequence without a chat, as pre-training sees them.
    func sequence(_ pieces: [Piece]) throws -> TrainingExample {
        var tokens = vocabulary.start
        var images: [(grid: ImageGrid, tokens: Range<Int>)] = []
        var pages: [TrainingPage] = []
        var targets: [TrainingExample.Target] = []
        for piece in pieces {
            switch piece {
            case .page(let page):
                let grid = try folder.imageProcessor.grid(width: page.image.width, height: page.image.height)
                tokens.append(vocabulary.imageStart)
                images.append((grid, tokens.count..<tokens.count + grid.tokenCount))
                tokens += repeatElement(vocabulary.image, count: grid.tokenCount)
                tokens.append(vocabulary.imageEnd)
                pages.append(page)
            case .given(let bytes): tokens += vocabulary.tokens(bytes)
            case .wanted(let bytes):
                let start = tokens.count
                tokens += vocabulary.tokens(bytes) + [vocabulary.end]
                targets.append(.init(tokens: start..<tokens.count, isWhole: true))
            }
        }
        let prompt = try Prompt(tokens: tokens, images: images)
        return TrainingExample(prompt: prompt, pages: pages, targets: targets)
    }

    /// A conversation about a page, each whole answer ended by the token that begins the user's next turn, as in the
    /// family.
    func chat(_ page: TrainingPage, _ questions: [Questions.Question]) throws -> TrainingExample {
        let grid = try folder.imageProcessor.grid(width: page.image.width, height: page.image.height)
        var messages: [Chat.Message] = []
        var (tokens, targets): ([Int32], [TrainingExample.Target]) = ([], [])
        var images: [(grid: ImageGrid, tokens: Range<Int>)] = []
        for (index, asked) in questions.enumerated() {
            let parts: [Chat.Part] = index == 0 ? [.image(grid), .text(asked.question)] : [.text(asked.question)]
            messages.append(Chat.Message(.user, parts))
            let prompt = try folder.promptBuilder.prompt(for: Chat(messages))
            let given = prompt.tokens + vocabulary.tokens(asked.given)
            tokens = given + vocabulary.tokens(asked.answer) + [vocabulary.turn]
            images = prompt.images.map { ($0.grid, $0.tokens) }
            let end = tokens.count - (asked.isWhole ? 0 : 1)
            targets.append(.init(tokens: given.count..<end, isWhole: asked.isWhole))
            messages.append(Chat.Message(.assistant, String(decoding: asked.given + asked.answer, as: UTF8.self)))
        }
        return TrainingExample(prompt: try Prompt(tokens: tokens, images: images), pages: [page], targets: targets)
    }
}

/// The ids that sequences are made of.
struct SequenceVocabulary: Sendable {
    let start: [Int32]
    let end: Int32
    /// What begins a user's turn, and so ends an answer.
    let turn: Int32
    let image: Int32
    let imageStart: Int32
    let imageEnd: Int32
    private let tokenizer: Tokenizer

    init(_ folder: ModelFolder) throws {
        let configuration = folder.configuration
        tokenizer = folder.tokenizer
        // Every prompt begins with these, whatever it asks.
        start = Array(try folder.promptBuilder.prompt(for: Chat([], startsAnswer: false)).tokens)
        guard let end = configuration.endTokens.first else {
            throw InputError(at: "config.json: eos_token_id", "is missing", expected: "the token that ends an answer")
        }
        self.end = end
        let user = Chat([Chat.Message(.user, "")], startsAnswer: false)
        turn = try folder.promptBuilder.prompt(for: user).tokens[start.count]
        image = configuration.imageToken
        (imageStart, imageEnd) = (configuration.imageStartToken, configuration.imageEndToken)
    }

    func tokens(_ text: [UInt8]) -> [Int32] {
        tokenizer.encode(String(decoding: text, as: UTF8.self), specialTokens: .literal)
    }
}
