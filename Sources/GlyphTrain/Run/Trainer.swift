// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Foundation
import GlyphPage
package import GlyphTensor
import GlyphVLM

/// Trains a model stage by stage, and keeps a folder from which the run goes on bit by bit.
///
/// | in the folder | |
/// |---|---|
/// | `run.json` | what the run was begun with |
/// | `metrics.jsonl` | a line for each step and evaluation |
/// | `step-…` | a checkpoint: a Hugging Face folder, and the optimiser's state in `training.safetensors` |
/// | `lock` | keeps a second run out while one is going on |
package final class Trainer {
    /// What happened in a step.
    package struct Report: Sendable {
        /// Steps done, of all.
        package var step: Int
        package var stepCount: Int
        package var stage: String
        package var textLoss: Double?
        package var textRight: Double?
        package var glyphsRight: Double?
        /// The share of bytes predicted rightly, by task.
        package var tasks: [String: Double] = [:]
        package var rate: Double
        /// Of all gradients together, before clipping.
        package var gradientNorm: Double
        package var seconds: Double
        /// Measured on held-out pages, if this step ended with an evaluation.
        package var evaluation: Evaluation?
    }

    /// What of the test text is in the training text.
    package let overlap: Overlap
    private let configuration: TrainingConfiguration
    private let training: TrainingModel
    private let batches: BatchMaker
    private let testBatches: BatchMaker
    private let run: RunFolder
    private let threads: Int
    private let device: Device
    private let group: ProcessGroup?
    private var step: Int

    /// Whether this process evaluates, writes and reports.
    private var isLeader: Bool { group?.isLeader ?? true }

    /// Begins a run, or goes on with the one that `output` holds.
    ///
    /// - Parameters:
    ///   - configuration: What to do.
    ///   - start: The folder of the model: its shape and tokenizer, and its weights where it has any.
    ///   - corpus: The text to learn from.
    ///   - heldOut: The text to test on.
    ///   - output: The run's folder; it is made if it is not there.
    ///   - device: Where to compute.
    ///   - threads: How many batches of a step are computed at the same time; for a device, how many steps' batches are
    ///     made ahead.
    ///   - group: The processes that train together, each a part of a step's batches.
    ///   - commit: The program's version, for the manifest of a new run.
    /// - Throws: `InputError` for a folder with results that are not this run's or that another run is using, for a
    ///   checkpoint that is damaged, and for texts or a model that a stage cannot do with; `TensorError` where memory is
    ///   short.
    package init(
        _ configuration: TrainingConfiguration,
        start: String,
        corpus: Corpus,
        heldOut: Corpus,
        output: String,
        device: Device = .cpu,
        threads: Int,
        group: ProcessGroup? = nil,
        commit: String? = nil
    ) throws {
        if let group { for stage in configuration.stages { try stage.check(processes: group.size) } }
        for stage in configuration.stages { try stage.check(corpus, heldOut: heldOut) }
        self.configuration = configuration
        (self.threads, self.device, self.group) = (threads, device, group)
        overlap = Overlap(of: heldOut, in: corpus)
        let isLeader = group?.isLeader ?? true
        let run = RunFolder(output, isLeader: isLeader)
        self.run = run
        let manifest = RunManifest(
            configuration,
            start: start,
            corpus: corpus,
            heldOut: heldOut,
            overlap,
            device,
            threads: threads,
            group,
            commit
        )
        try Runtime.setNarrowProducts(configuration.precision == .mixed)
        let parts = try RunOpening(
            run: run,
            manifest: manifest,
            configuration: configuration,
            start: start,
            corpus: corpus,
            heldOut: heldOut,
            device: device,
            threads: threads
        ).take()
        (training, step) = (parts.training, parts.step)
        (batches, testBatches) = (parts.batches, parts.testBatches)
        run.modelFolder = parts.model.path
        guard isLeader else { return }
        // Last: what cannot begin leaves nothing that a later run would have to be like.
        try run.forgetMeasurements(after: step)
        try run.begin(manifest)
    }

    /// Steps that are done.
    package var stepsDone: Int { step }

    /// Whether all steps are done.
    package var isFinished: Bool { step >= configuration.stepCount }

    /// Trains to the end, or until `report` says so; then the run can be resumed.
    ///
    /// In a group only the leader's answer counts, and others end when the leader does.
    ///
    /// - Parameters:
    ///   - report: Called after each step; returns whether to stop.
    ///   - interrupted: Whether to stop without waiting for a batch that is being made; asked by several threads, page
    ///     by page.
    /// - Throws: `InputError` when gradients stop being finite, the folder cannot be written or a process is gone.
    package func train(
        report: (Report) throws -> Bool,
        interrupted: @escaping @Sendable () -> Bool = { false }
    ) throws {
        do {
            try trainAll(report: report, interrupted: interrupted)
        } catch is ProcessGroup.LeaderLeft {}
    }

    private func trainAll(
        report: (Report) throws -> Bool,
        interrupted: @escaping @Sendable () -> Bool
    ) throws {
        let configuration = configuration
        let batches = batches
        var savedStep = step
        // The threads of the processor are busy with the present step; a device leaves them free.
        let depth = device == .cpu ? 1 : threads
        let (rank, size) = (group?.rank ?? 0, group?.size ?? 1)
        let prefetcher = Prefetcher<[Batch]>(step..<configuration.stepCount, depth: depth) { step in
            try Runtime.setCallerThreadCount(1)
            let stage = configuration.stage(of: step).stage
            return try stride(from: rank, to: stage.accumulation, by: size).map {
                try batches.batch(step: step, part: $0, of: stage, interrupted: interrupted)
            }
        }
        defer { prefetcher.stop() }
        while step < configuration.stepCount {
            let start = ContinuousClock.now
            let parts: [Batch]
            do {
                parts = try prefetcher.next()
            } catch is CancellationError {
                // Nobody wants the next step, but the ones before it are to be kept.
                if isLeader, step > savedStep {
                    try run.save(training, step: step, keeping: configuration.keptCheckpoints)
                }
                return
            }
            var result = try learn(parts)
            step += 1
            let isLast = step == configuration.stepCount
            result.seconds = (ContinuousClock.now - start).seconds
            guard isLeader else { continue }
            if isLast || step.isMultiple(of: configuration.evaluationInterval) { result.evaluation = try evaluate() }
            try run.log(result)
            let stops = try report(result)
            if isLast || stops || step.isMultiple(of: configuration.saveInterval) {
                try run.save(training, step: step, keeping: configuration.keptCheckpoints)
                savedStep = step
            }
            if stops { return }
        }
    }

    /// One step of the optimiser over the batches that make it up.
    private func learn(_ parts: [Batch]) throws -> Report {
        let (stage, _, stageStep) = configuration.stage(of: step)
        var report = Report(
            step: step + 1,
            stepCount: configuration.stepCount,
            stage: stage.name,
            rate: 0,
            gradientNorm: 0,
            seconds: 0
        )
        let share = 1 / Double(stage.accumulation)
        let losses = try training.learn(parts, share: share, text: stage.textLoss, glyphs: stage.glyphLoss)
        try Runtime.setCallerThreadCount(threads)
        let (gradients, results) = try sum(zip(parts, losses).map { PartResult($0.task, $1) }, of: stage)
        for (task, same) in Dictionary(grouping: results, by: \.task.rawValue) {
            let shares = same.compactMap(\.loss.textRight)
            if !shares.isEmpty { report.tasks[task] = shares.reduce(0, +) / Double(shares.count) }
        }
        for loss in results.map(\.loss) {
            report.textLoss = Self.add(report.textLoss, loss.text, share)
            report.textRight = Self.add(report.textRight, loss.textRight, share)
            report.glyphsRight = Self.add(report.glyphsRight, loss.glyphsRight, share)
        }
        let rate = stage.rate(at: stageStep)
        report.rate = rate
        let norm = try training.optimizer.step(step + 1, gradients, largestNorm: configuration.largestNorm) {
            isVision in rate * (isVision ? stage.visionRate : 1)
        }
        report.gradientNorm = norm
        guard norm.isFinite else {
            throw InputError(
                at: "step \(step + 1)",
                "the gradients are not finite",
                expected: "a run that converges",
                remedy: "Start another run from the last checkpoint: give it as --model, a lower \"learning-rate\" and "
                    + "another --output"
            )
        }
        return report
    }

    /// The gradients and the results of all processes' batches.
    private func sum(
        _ own: [PartResult],
        of stage: TrainingStage
    ) throws -> (gradients: [Tensor?], results: [PartResult]) {
        let gradients = try training.optimizer.takeGradients()
        guard let group else { return (gradients, own) }
        var numbers = [Float](repeating: 0, count: stage.accumulation * PartResult.size)
        for (index, result) in own.enumerated() {
            let start = (group.rank + index * group.size) * PartResult.size
            numbers.replaceSubrange(start..<start + PartResult.size, with: result.numbers)
        }
        let sums = try group.sum(gradients, of: training.optimizer.slots, beside: numbers)
        let results = stride(from: 0, to: numbers.count, by: PartResult.size).map {
            PartResult(numbers: sums.numbers[$0..<$0 + PartResult.size])
        }
        return (sums.gradients, results)
    }

    private static func add(_ sum: Double?, _ value: Double?, _ share: Double) -> Double? {
        value.map { (sum ?? 0) + $0 * share }
    }

    private func evaluate() throws -> Evaluation {
        let stage = configuration.stage(of: step - 1).stage
        try Runtime.setCallerThreadCount(threads)
        return try Evaluation(training.learner, testBatches, stage)
    }
}
