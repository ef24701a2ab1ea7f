// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import ArgumentParser
import Foundation
import GlyphPage
import GlyphTokens
import GlyphTrain

struct TrainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "train",
        abstract: "Train a reader, or go on with a run that was stopped.",
        discussion: """
            Example: glyph train cpt --config runs/nano/pretraining.json --model Models/glyph-nano \
            --corpus texts --held-out tests --output nano-run

            Ctrl-C writes a checkpoint and stops; the same command goes on from it.
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
        if let threads, threads < 1 { throw ValidationError("--threads is \(threads); it must be 1 or more.") }
        guard 1...64 ~= processes else { throw ValidationError("--processes is \(processes); it must be 1 to 64.") }
    }

    func train() throws {
        guard let json = ResourceFile.read(config) else {
            throw InputError(at: config, "cannot be read", expected: "a training configuration")
        }
        let processors = ProcessInfo.processInfo.activeProcessorCount
        let group = try place.group(of: processes)
        let trainer = try Trainer(
            TrainingConfiguration(json: json, source: config),
            start: model,
            corpus: Corpus(folder: corpus),
            heldOut: Corpus(folder: heldOut),
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
        }
        view.finish()
    }
}

/// Whether someone pressed Ctrl-C or asked the process to end; a second time ends it at once.
final class StopRequest: @unchecked Sendable {
    private let lock = NSLock()
    private var wasAsked = false
    private var sources: [any DispatchSourceSignal] = []

    var isRequested: Bool { lock.withLock { wasAsked } }

    init() {
        for number in [SIGINT, SIGTERM] {
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { [weak self] in self?.ask() }
            source.resume()
            sources.append(source)
        }
    }

    private func ask() {
        let isSecond = lock.withLock {
            defer { wasAsked = true }
            return wasAsked
        }
        if isSecond { exit(130) }
        TrainingView.say("\nStopping after this step; press Ctrl-C again to stop at once.")
    }
}
