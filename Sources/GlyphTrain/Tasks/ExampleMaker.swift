// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage
import GlyphVLM

/// Makes examples: texts, pages and the sequences of tokens around them.
struct ExampleMaker {
    let folder: ModelFolder
    let writer: ExampleWriter
    private let corpus: Corpus
    private let pages: TrainingPageMaker
    private let styles: StyleSampler

    init(_ folder: ModelFolder, _ corpus: Corpus) throws {
        self.folder = folder
        self.corpus = corpus
        pages = try TrainingPageMaker()
        styles = try StyleSampler()
        writer = try ExampleWriter(folder)
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
        let plan = ExamplePlan(corpus, shape, fill: fill, stage)
        let (questions, sampler) = (plan.questions, plan.sampler)
        switch kind {
        case .transcribe: return try transcription(plan, &random)
        case .transcribePages: return try transcriptionOfTwo(plan, &random)
        case .transcribeLines: return try transcriptionOfLines(plan, &random)
        case .interleave: return try continuation(plan, &random)
        case .resume: return try resumption(plan, &random)
        case .instructed: return try instructedTranscription(plan, &random)
        case .needle: return try answers(plan, &random) { try questions.needle(fitting: $0, &$1) }
        case .lookup: return try answers(plan, &random) { try questions.lookup(fitting: $0, &$1) }
        case .phrase: return try answers(plan, &random) { try questions.phrase(fitting: $0, sampler, &$1) }
        case .field: return try answers(plan, &random) { try questions.field(fitting: $0, &$1) }
        }
    }

    // MARK: - Pages

    /// A page with a text: all of it if `isWhole`, or else as much as there is room for.
    func page(
        _ text: [Unicode.Scalar],
        isWhole: Bool = false,
        _ plan: ExamplePlan,
        _ random: inout SplitMix64
    ) throws -> TrainingPage {
        if let page = try styledPage(text, isWhole: isWhole, plan, &random) { return page }
        let (shape, capacity) = (plan.shape, plan.shape.capacity)
        // A document's last page ends with the end of a line; others end or begin with white space that falls on their
        // edge.
        let hasRoom = !isWhole || text.count < capacity
        var shown = text[...]
        switch Int.random(in: 0..<12, using: &random) {
        case 0 where hasRoom: shown = text.prefix(capacity - 1) + ["\n"]
        case 1 where hasRoom: shown = ["\n"] + text.prefix(capacity - 1)
        case 2...4 where hasRoom: shown = [" "] + text.prefix(capacity - 1)
        default: break
        }
        return try pages.page(Array(shown), shape, Theme.draw(share: plan.stage.themes, &random))
    }

    /// Styles that are tried for a text before it is set in cells.
    private static let styleAttempts = 8

    /// A page in a style, for the share of pages that the stage wants; nil for the others, and where nothing fits.
    private func styledPage(
        _ text: [Unicode.Scalar],
        isWhole: Bool,
        _ plan: ExamplePlan,
        _ random: inout SplitMix64
    ) throws -> TrainingPage? {
        let stage = plan.stage
        // Without styles nothing is drawn, so that runs that were begun before there were any go on as they did.
        guard stage.styles > 0, Double.random(in: 0..<1, using: &random) < stage.styles else { return nil }
        for _ in 0..<Self.styleAttempts {
            guard let style = styles.draw(plan.shape, &random) else { continue }
            let theme = Theme.draw(share: stage.themes, &random)
            if let page = try pages.page(text, in: style, isWhole: isWhole, theme) { return page }
        }
        return nil
    }
}

/// What one example is drawn from.
struct ExamplePlan {
    let shape: PageShape
    let stage: TrainingStage
    let sampler: TextSampler
    let questions: Questions
    /// Characters of the text of one page; a page that has not room for them shows fewer.
    let count: Int

    init(_ corpus: Corpus, _ shape: PageShape, fill: Double, _ stage: TrainingStage) {
        (self.shape, self.stage) = (shape, stage)
        sampler = TextSampler(corpus: corpus, mixture: stage.texts)
        questions = Questions(corpus: corpus, absent: stage.absent, most: stage.questionCount)
        count = max(8, Int(Double(shape.capacity) * fill))
    }
}
