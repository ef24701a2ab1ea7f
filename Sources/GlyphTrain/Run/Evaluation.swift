// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphTasks
import GlyphTensor
import GlyphTokens
import GlyphVLM

/// How well a model reads pages of text that it was not trained on.
package struct Evaluation: Sendable {
    /// The share of characters that the tower names rightly.
    package var glyphsRight: Double?
    /// The share of bytes predicted rightly, each told what was before.
    package var textRight: Double?
    /// Errors of characters in a hundred, byte by byte of UTF-8, when the model writes the page down by itself.
    package var characterErrors: Double?
    /// The share of questions whose answer is right to the last byte, by task; `absent` are those of all tasks that the
    /// page does not answer.
    ///
    /// Nothing may come after the last byte, but where the text goes on past what is asked for.
    package var answersRight: [String: Double] = [:]
    /// What was answered, to look at.
    package var samples: [Sample] = []

    /// An answer beside what was wanted.
    package struct Sample: Sendable {
        package var task: String
        package var wanted: String
        package var said: String
    }
}

extension Evaluation {
    /// Pages that are read; few, because the model writes each down byte by byte.
    static let pageCount = 8
    /// Pages with a question, for each task that asks one.
    static let questionCount = 24

    /// Reads full pages of the stage's largest shape, as many at a time as the stage learns from.
    init(_ learner: Learner, _ batches: BatchMaker, _ stage: TrainingStage) throws {
        let pages = stage.pages.items.map(\.item)
        guard let page = pages.max(by: { $0.shape.capacity < $1.shape.capacity }) else { return }
        // In the words that the stage practises: without the others they are forgotten.
        let kind: TaskKind = stage.tasks.items.contains { $0.item == .instructed } ? .instructed : .transcribe
        let examples = try batches.testExamples(Self.pageCount, kind, page.shape, stage)
        var (glyphs, text) = (RightShare(), RightShare())
        var (errors, count) = (0, 0)
        for group in Self.groups(examples, of: page.batch) {
            let batch = try batches.batch(group, kind, cellsPerToken: page.shape.cell.perToken)
            let loss = try Tensor.withoutGrad {
                try learner.loss(batch, text: stage.textLoss, glyphs: stage.glyphLoss)
            }
            try glyphs.add(loss.glyphs)
            try text.add(loss.text)
            guard stage.textLoss > 0 else { continue }
            for (example, answer) in zip(group, try Transcriber(learner.model).answers(batch)) {
                let wanted = Wording(example.answers[0], batches.tokenizer)
                errors += EditDistance.between(Wording(answer.tokens, batches.tokenizer).units, wanted.units)
                count += wanted.units.count
            }
        }
        (glyphsRight, textRight) = (glyphs.value, text.value)
        guard stage.textLoss > 0 else { return }
        characterErrors = 100 * Double(errors) / Double(max(1, count))
        try ask(learner, batches, page, stage)
    }

    /// Asks a question about each of some pages, answers to the questions before it given.
    private mutating func ask(
        _ learner: Learner,
        _ batches: BatchMaker,
        _ page: (shape: PageShape, batch: Int),
        _ stage: TrainingStage
    ) throws {
        var verdicts: [String: [Bool]] = [:]
        for task in stage.tasks.items.map(\.item) where task.isQuestion {
            let examples = try batches.testExamples(Self.questionCount, task, page.shape, stage)
            for group in Self.groups(examples, of: page.batch) {
                let batch = try batches.batch(group, task, cellsPerToken: page.shape.cell.perToken)
                for (example, answer) in zip(group, try Transcriber(learner.model).answers(batch)) {
                    let last = example.answers.count - 1
                    let wanted = Wording(example.answers[last], batches.tokenizer)
                    let said = Wording(answer.tokens, batches.tokenizer)
                    samples.append(Sample(task: task.rawValue, wanted: wanted.text, said: said.text))
                    let isAbsent = QuotedAnswer.isAbsent(wanted.text.utf8)
                    verdicts[isAbsent ? "absent" : task.rawValue, default: []]
                        .append(wanted.isSaid(by: said, ended: answer.isEnded, whole: example.targets[last].isWhole))
                }
            }
        }
        answersRight = verdicts.mapValues { Double($0.count { $0 }) / Double($0.count) }
    }

    /// Parts of a list: where a batch of the stage fits the memory, more examples at a time need not.
    static func groups<Element>(_ elements: [Element], of size: Int) -> [[Element]] {
        stride(from: 0, to: elements.count, by: size).map { Array(elements[$0..<min($0 + size, elements.count)]) }
    }
}

/// A share of what was right, counted batch by batch.
private struct RightShare {
    private var right = 0.0
    private var count: Int?

    /// Nothing without a loss.
    var value: Double? { count.map { $0 > 0 ? right / Double($0) : 0 } }

    mutating func add(_ part: LossTensors?) throws {
        guard let part else { return }
        right += try part.right?.item() ?? 0
        count = (count ?? 0) + part.count
    }
}

/// What tokens say, whatever the tokenizer joins in one.
struct Wording {
    /// Bytes of UTF-8; below 0 a token that stands for none.
    let units: [Int32]

    init(_ tokens: [Int32], _ tokenizer: Tokenizer) {
        units = tokens.flatMap { token -> [Int32] in
            // A model may say special tokens, and ids that no token has.
            let bytes = (try? tokenizer.decode(CollectionOfOne(token), skippingSpecialTokens: true)) ?? []
            return bytes.isEmpty ? [-1 - token] : bytes.map { Int32($0) }
        }
    }

    var text: String { String(decoding: units.map { UInt8(exactly: $0) ?? 0xFF }, as: UTF8.self) }

    /// Whether an answer is this to the last byte: a whole one is ended there, because `fee is 900` is no `fee is 90`,
    /// and others may go on.
    func isSaid(by said: Wording, ended isEnded: Bool, whole isWhole: Bool) -> Bool {
        isWhole ? isEnded && said.units == units : said.units.starts(with: units)
    }
}

/// Lets a model write answers by itself, always taking the most likely token.
struct Transcriber {
    /// What a model writes.
    struct Answer {
        /// Without the token that ends it.
        var tokens: [Int32] = []
        /// Whether the model ended it; if not, it was cut off.
        var isEnded = false
    }

    private let model: GLM4V
    private let ends: Set<Int32>

    init(_ model: GLM4V) {
        self.model = model
        ends = Set(model.configuration.endTokens)
    }

    /// What the model writes where each prompt's last target begins, cut off when it is more than a tenth longer.
    func answers(_ batch: Batch) throws -> [Answer] {
        var steps: [(index: Int, step: DecodeStep)] = []
        var answers = [Answer](repeating: Answer(), count: batch.prompts.count)
        let limits = batch.targets.map { ($0.last?.count ?? 0) * 11 / 10 }
        let vectors = try Tensor.withoutGrad { try model.imageVectors(batch.pixels, Array(batch.grids.joined())) }
        for (index, vectors) in batch.byPrompt(vectors).enumerated() {
            guard let target = batch.targets[index].last else { continue }
            let prompt = try batch.prompts[index].prefix(target.lowerBound)
            let images = Dictionary(uniqueKeysWithValues: vectors.enumerated().map { ($0, $1) })
            let cache = try model.makeCache(capacity: prompt.tokens.count + limits[index])
            let all = 0..<prompt.tokens.count
            guard let logits = try model.prefill(prompt, all, images: images, into: cache) else { continue }
            steps.append((index, DecodeStep(token: Int32(try logits.argmax(-1).item()), cache: cache)))
        }
        while !steps.isEmpty {
            steps.removeAll { index, step in
                answers[index].isEnded = ends.contains(step.token)
                if !answers[index].isEnded { answers[index].tokens.append(step.token) }
                return answers[index].isEnded || answers[index].tokens.count > limits[index]
            }
            guard !steps.isEmpty else { break }
            let next = try model.decode(steps.map(\.step)).argmax(-1).ints()
            for place in steps.indices { steps[place].step.token = Int32(next[place]) }
        }
        return answers
    }
}
