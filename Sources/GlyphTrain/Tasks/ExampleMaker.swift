// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage
import GlyphTasks
import GlyphTokens
import GlyphVLM

/// Makes examples: texts, pages and the sequences of tokens around them.
struct ExampleMaker {
    let folder: ModelFolder
    let corpus: Corpus
    let pages: TrainingPageMaker
    private let styles: StyleSampler
    private let vocabulary: SequenceVocabulary

    init(_ folder: ModelFolder, _ corpus: Corpus) throws {
        self.folder = folder
        self.corpus = corpus
        pages = try TrainingPageMaker()
        styles = try StyleSampler()
        vocabulary = try SequenceVocabulary(folder)
    }

    /// One example of a task.
    ///
    /// - Parameters:
    ///   - kind: What is asked.
    ///   - shape: The size of its pages.
    ///   - fill: The share of a page's cells that its text takes.
    ///   - stage: Which texts, styles and themes to draw from.
    ///   - random: Where everything is drawn from.
    /// - Returns: The sequence and its pages.
    /// - Throws: `InputError` where the page's size does not suit the model.
    func example(
        _ kind: TaskKind,
        _ shape: PageShape,
        fill: Double,
        _ stage: TrainingStage,
        _ random: inout SplitMix64
    ) throws -> TrainingExample {
        let sampler = TextSampler(corpus: corpus, mixture: stage.texts)
        let questions = Questions(corpus: corpus, absent: stage.absent, most: stage.questionCount)
        let count = max(8, Int(Double(shape.capacity) * fill))
        // Only what the page shows may be asked about, so what is asked about has to be there as a whole.
        func page(
            _ text: [Unicode.Scalar],
            isWhole: Bool = false,
            _ random: inout SplitMix64
        ) throws -> TrainingPage {
            if let page = try styledPage(text, shape, isWhole: isWhole, stage, &random) { return page }
            // A document's last page ends with the end of a line; others end or begin with white space that falls on
            // their edge.
            let hasRoom = !isWhole || text.count < shape.capacity
            var shown = text[...]
            switch Int.random(in: 0..<12, using: &random) {
            case 0 where hasRoom: shown = text.prefix(shape.capacity - 1) + ["\n"]
            case 1 where hasRoom: shown = ["\n"] + text.prefix(shape.capacity - 1)
            case 2...4 where hasRoom: shown = [" "] + text.prefix(shape.capacity - 1)
            default: break
            }
            return try pages.page(Array(shown), shape, Theme.draw(share: stage.themes, &random))
        }
        func answered(
            _ random: inout SplitMix64,
            _ ask: (_ count: Int, inout SplitMix64) throws -> Questions.Asked
        ) throws -> TrainingExample {
            // A small model finds things in text that it wrote far more easily than on the page.
            guard Double.random(in: 0..<1, using: &random) < stage.aloud else {
                let asked = try ask(count, &random)
                return try chat(try page(asked.text, isWhole: true, &random), asked.questions)
            }
            // What the page before left unfinished stands in front of what this one says, as in WindowedReading.
            let isCarried = Double.random(in: 0..<1, using: &random) < stage.carry
            let asked = try ask(count + (isCarried ? Int.random(in: 8...96, using: &random) : 0), &random)
            let shown = asked.text.suffix(count).drop(while: \.isSpace)
            let page = try page(Array(shown), isWhole: true, &random)
            let carried = Self.utf8(asked.text.dropLast(shown.count))
            let reading = Questions.Question(TranscriptionTask.question, page.text, after: carried)
            return try chat(page, [reading] + asked.questions)
        }
        switch kind {
        case .transcribe:
            let page = try page(sampler.text(count, &random), &random)
            return try sequence([.page(page), .wanted(page.text)])
        case .transcribePages:
            let text = sampler.text(count * 2, &random)
            let half = text.prefix(min(text.count / 2, shape.capacity))
            let first = try page(Array(half), &random)
            // The second goes on where the first ends.
            let rest = text.dropFirst(min(text.count / 2, first.scalars.count))
            let both = [first, try page(Array(rest.prefix(shape.capacity)), &random)]
            return try sequence(both.map(Piece.page) + [.wanted(both.flatMap(\.text))])
        case .transcribeLines:
            let page = try page(sampler.text(count, &random), &random)
            let first = Int.random(in: 0..<max(1, page.lines.count), using: &random)
            let last = Int.random(in: first..<max(first + 1, page.lines.count), using: &random)
            // A page of white space alone has no lines.
            let lines = page.lines.isEmpty ? [0..<page.text.count] : page.lines[first...last]
            let bytes = page.text[lines[lines.startIndex].lowerBound..<lines[lines.endIndex - 1].upperBound]
            let request = Array("\(first + 1)-\(last + 1): ".utf8)
            return try sequence([.page(page), .given(request), .wanted(Array(bytes))])
        case .interleave:
            let text = sampler.text(count * 3 / 2, &random)
            let (before, shown) = (text.prefix(count / 4), text.dropFirst(count / 4).prefix(count))
            let after = text.dropFirst(count / 4 + count)
            let page = try page(Array(shown), isWhole: true, &random)
            return try sequence([.given(Self.utf8(before)), .page(page), .wanted(Self.utf8(after))])
        case .resume:
            let page = try page(sampler.text(count, &random), &random)
            let text = page.scalars
            // One place to the end of the page; several for a little each, so that finding them is most of the work.
            let places = min(stage.questionCount, max(1, text.count / 24))
            var pieces: [Piece] = [.page(page)]
            for _ in 0..<places {
                let latest = places > 1 ? text.count - 24 : text.count / 2
                let start = Int.random(in: 0..<max(1, latest), using: &random)
                let length = places > 1 ? Int.random(in: 8...16, using: &random) : min(16, text.count / 2)
                let shown = text[start...].prefix(length)
                let rest = text[(start + shown.count)...]
                pieces += [.given(Self.utf8(shown)), .wanted(Self.utf8(rest.prefix(places > 1 ? 16 : rest.count)))]
            }
            return try sequence(pieces)
        case .instructed:
            let page = try page(sampler.text(count, &random), &random)
            return try chat(page, [.init(TranscriptionTask.question, page.text)])
        case .needle: return try answered(&random) { try questions.needle(fitting: $0, &$1) }
        case .lookup: return try answered(&random) { try questions.lookup(fitting: $0, &$1) }
        case .phrase: return try answered(&random) { try questions.phrase(fitting: $0, sampler, &$1) }
        case .field: return try answered(&random) { try questions.field(fitting: $0, &$1) }
        }
    }

    /// Styles that are tried for a text before it is set in cells.
    private static let styleAttempts = 8

    /// A page in a style, for the share of pages that the stage wants; nil for the others, and where nothing fits.
    private func styledPage(
        _ text: [Unicode.Scalar],
        _ shape: PageShape,
        isWhole: Bool,
        _ stage: TrainingStage,
        _ random: inout SplitMix64
    ) throws -> TrainingPage? {
        // Without styles nothing is drawn, so that runs that were begun before there were any go on as they did.
        guard stage.styles > 0, Double.random(in: 0..<1, using: &random) < stage.styles else { return nil }
        for _ in 0..<Self.styleAttempts {
            guard let style = styles.draw(shape, &random) else { continue }
            let theme = Theme.draw(share: stage.themes, &random)
            if let page = try pages.page(text, in: style, isWhole: isWhole, theme) { return page }
        }
        return nil
    }

    private static func utf8(_ scalars: some Sequence<Unicode.Scalar>) -> [UInt8] {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars)
        return Array(String(view).utf8)
    }

    /// A conversation about a page, each whole answer ended by the token that begins the user's next turn, as in the
    /// family.
    private func chat(_ page: TrainingPage, _ questions: [Questions.Question]) throws -> TrainingExample {
        let grid = try folder.imageProcessor.grid(width: page.image.width, height: page.image.height)
        var messages: [Chat.Message] = []
        var (tokens, targets): ([Int32], [Range<Int>]) = ([], [])
        var images: [(grid: ImageGrid, tokens: Range<Int>)] = []
        for (index, asked) in questions.enumerated() {
            let parts: [Chat.Part] = index == 0 ? [.image(grid), .text(asked.question)] : [.text(asked.question)]
            messages.append(Chat.Message(.user, parts))
            let prompt = try folder.promptBuilder.prompt(for: Chat(messages))
            let given = prompt.tokens + vocabulary.tokens(asked.given)
            tokens = given + vocabulary.tokens(asked.answer) + [vocabulary.turn]
            images = prompt.images.map { ($0.grid, $0.tokens) }
            targets.append(given.count..<tokens.count - (asked.isWhole ? 0 : 1))
            messages.append(Chat.Message(.assistant, String(decoding: asked.given + asked.answer, as: UTF8.self)))
        }
        return TrainingExample(prompt: try Prompt(tokens: tokens, images: images), pages: [page], targets: targets)
    }

    private enum Piece {
        case page(TrainingPage)
        case given([UInt8])
        /// What is to be predicted, with the token that ends it.
        case wanted([UInt8])
    }

    /// A sequence without a chat, as pre-training sees them.
    private func sequence(_ pieces: [Piece]) throws -> TrainingExample {
        var tokens = vocabulary.start
        var images: [(grid: ImageGrid, tokens: Range<Int>)] = []
        var pages: [TrainingPage] = []
        var targets: [Range<Int>] = []
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
                targets.append(start..<tokens.count)
            }
        }
        let prompt = try Prompt(tokens: tokens, images: images)
        return TrainingExample(prompt: prompt, pages: pages, targets: targets)
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
