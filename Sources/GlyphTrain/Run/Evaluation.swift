// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphTasks
import GlyphTensor
import GlyphVLM

/// How well a model reads pages of text that it was not trained on.
public struct Evaluation: Sendable {
    /// The share of characters that the tower names rightly.
    public var glyphsRight: Double?
    /// The share of bytes predicted rightly, each told what was before.
    public var textRight: Double?
    /// Errors of characters in a hundred, when the model writes the page down by itself.
    public var characterErrors: Double?
    /// The share of questions whose answer is right to the last byte, by task; `absent` are those of all tasks that the
    /// page does not answer.
    public var answersRight: [String: Double] = [:]
    /// What was answered, to look at.
    public var samples: [Sample] = []

    /// An answer beside what was wanted.
    public struct Sample: Sendable {
        public var task: String
        public var wanted: String
        public var said: String
    }
}

extension Evaluation {
    /// Pages that are read; few, because the model writes each down byte by byte.
    static let pageCount = 8
    /// Pages with a question, for each task that asks one.
    static let questionCount = 24

    /// Reads full pages of the stage's largest shape.
    init(_ learner: Learner, _ batches: BatchMaker, _ stage: TrainingStage) throws {
        guard let shape = stage.pages.items.map(\.item.shape).max(by: { $0.capacity < $1.capacity }) else { return }
        // In the words that the stage practises: without the others they are forgotten.
        let kind: TaskKind = stage.tasks.items.contains { $0.item == .instructed } ? .instructed : .transcribe
        let examples = try batches.testExamples(Self.pageCount, kind, shape, stage)
        let batch = try batches.batch(examples, kind, cellsPerToken: shape.cell.perToken)
        let loss = try Tensor.withoutGrad {
            let loss = try learner.loss(batch, text: stage.textLoss, glyphs: stage.glyphLoss)
            return try LossParts(text: loss.text, glyphs: loss.glyphs)
        }
        (glyphsRight, textRight) = (loss.glyphsRight, loss.textRight)
        guard stage.textLoss > 0 else { return }
        var (errors, count) = (0, 0)
        let answers = try Transcriber(learner.model).answers(batch)
        for (example, answer) in zip(examples, answers) {
            let wanted = example.answers[0]
            errors += EditDistance.between(answer, wanted)
            count += wanted.count
        }
        characterErrors = 100 * Double(errors) / Double(max(1, count))
        try ask(learner, batches, shape, stage)
    }

    /// Asks a question about each of some pages, answers to the questions before it given.
    private mutating func ask(
        _ learner: Learner,
        _ batches: BatchMaker,
        _ shape: PageShape,
        _ stage: TrainingStage
    ) throws {
        func text(_ bytes: [Int32]) -> String { String(decoding: bytes.map { UInt8(clamping: $0) }, as: UTF8.self) }
        var verdicts: [String: [Bool]] = [:]
        for task in stage.tasks.items.map(\.item) where task.isQuestion {
            let examples = try batches.testExamples(Self.questionCount, task, shape, stage)
            let batch = try batches.batch(examples, task, cellsPerToken: shape.cell.perToken)
            for (example, answer) in zip(examples, try Transcriber(learner.model).answers(batch)) {
                let wanted = example.answers[example.answers.count - 1]
                samples.append(Sample(task: task.rawValue, wanted: text(wanted), said: text(answer)))
                let isAbsent = QuotedAnswer.isAbsent(text(wanted).utf8)
                verdicts[isAbsent ? "absent" : task.rawValue, default: []].append(answer.starts(with: wanted))
            }
        }
        answersRight = verdicts.mapValues { Double($0.count { $0 }) / Double($0.count) }
    }
}

/// Lets a model write answers by itself, always taking the most likely token.
struct Transcriber {
    private let model: GLM4V
    private let ends: Set<Int32>

    init(_ model: GLM4V) {
        self.model = model
        ends = Set(model.configuration.endTokens)
    }

    /// The bytes that the model writes where each prompt's last target begins, at most a tenth more than that.
    func answers(_ batch: Batch) throws -> [[Int32]] {
        var steps: [(index: Int, step: DecodeStep)] = []
        var answers = [[Int32]](repeating: [], count: batch.prompts.count)
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
                let isDone = ends.contains(step.token)
                if !isDone { answers[index].append(step.token) }
                return isDone || answers[index].count > limits[index]
            }
            guard !steps.isEmpty else { break }
            let next = try model.decode(steps.map(\.step)).argmax(-1).ints()
            for place in steps.indices { steps[place].step.token = Int32(next[place]) }
        }
        return answers
    }
}
