// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import ArgumentParser
import Foundation
import GlyphPage
import GlyphTensor
import GlyphTokens
import GlyphTrain

struct TrainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "train",
        abstract: "Train a reader, or go on with a run that was stopped.",
        discussion: """
            Example: glyph train cpt --config runs/nano/pretraining.json --model nano \
            --corpus texts --held-out tests --output nano-run

            Ctrl-C writes a checkpoint and stops with status 130; the same command goes on from it.
            """,
        subcommands: [Pretrain.self, Finetune.self]
    )

    struct Pretrain: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "cpt",
            abstract: "Continual pre-training: recognition, interleaved language modelling, generation."
        )
        @OptionGroup var options: TrainOptions
        func run() throws { try options.train() }
    }

    struct Finetune: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "sft",
            abstract: "Supervised fine-tuning on questions, from a checkpoint."
        )
        @OptionGroup var options: TrainOptions
        func run() throws { try options.train() }
    }
}

struct TrainOptions: ParsableArguments {
    @Option(help: ArgumentHelp("What to do: stages, learning rates, pages.", valueName: "file"))
    var config: String

    @Option(help: ArgumentHelp("The model to start from; without weights in it, a new one.", valueName: "folder"))
    var model: String

    @Option(help: ArgumentHelp("Text to learn from: every UTF-8 file below it.", valueName: "folder"))
    var corpus: String

    @Option(help: ArgumentHelp("Text to test on.", valueName: "folder"))
    var heldOut: String

    @Option(help: ArgumentHelp("The run's folder: checkpoints and measurements.", valueName: "folder"))
    var output: String

    @Option(
        help: ArgumentHelp(
            "Batches to compute side by side, or to make ahead for a GPU; as many as there are processors if not given.",
            valueName: "number"
        )
    )
    var threads: Int?

    @Option(
        help: ArgumentHelp(
            "Processes that each compute a part of a step's batches, on a GPU of their own or a part of the processors.",
            valueName: "number"
        )
    )
    var processes = 1

    @OptionGroup var device: DeviceOption
    @OptionGroup(visibility: .hidden) var place: GroupPlace

    func validate() throws {
        if let threads, !Runtime.threadCounts.contains(threads) {
            throw ValidationError("--threads is \(threads); it must be from 1 to \(Runtime.threadCounts.upperBound).")
        }
        guard 1...64 ~= processes else { throw ValidationError("--processes is \(processes); it must be 1 to 64.") }
    }

    func train() throws {
        guard let json = ResourceFile.read(config) else {
            throw InputError(at: config, "cannot be read", expected: "a training configuration")
        }
        let configuration = try TrainingConfiguration(json: json, source: config)
        let (texts, tests) = (try Corpus(folder: corpus), try Corpus(folder: heldOut))
        if place.rank == 0 {
            TrainingView.saySkipped(texts.skipped, of: corpus)
            TrainingView.saySkipped(tests.skipped, of: heldOut)
        }
        let processors = ProcessInfo.processInfo.activeProcessorCount
        let group = try place.group(of: processes)
        let trainer = try Trainer(
            configuration,
            start: model,
            corpus: texts,
            heldOut: tests,
            output: output,
            device: device.chosen(place.rank),
            threads: threads ?? max(1, processors / processes),
            group: group,
            commit: Checkout.commit
        )
        guard place.rank == 0 else { return try Followers.follow(trainer) }
        let followers = try group.map { try Followers($0) }
        defer { followers?.dismiss() }
        if trainer.stepsDone > 0 { TrainingView.say("Going on after step \(trainer.stepsDone).") }
        if trainer.overlap.found > 0 {
            TrainingView.say(
                "Of the test text, \(trainer.overlap.found) of \(trainer.overlap.passages) passages stand in the training "
                    + "text as well; figures on them say little."
            )
        }
        let interrupt = StopRequest()
        var view = TrainingView()
        try trainer.train { report in
            view.show(report)
            return interrupt.isRequested
        } interrupted: {
            interrupt.isRequested
        }
        view.finish()
        guard let status = interrupt.status, !trainer.isFinished else { return }
        TrainingView.say(
            "Stopped after step \(trainer.stepsDone) of \(configuration.stepCount); the same command goes on from there."
        )
        // What is called after it must not take the model for a finished one.
        throw ExitCode(status)
    }
}
