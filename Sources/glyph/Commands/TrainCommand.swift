// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import ArgumentParser

struct TrainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "train",
        abstract: "Train a reader on pages made on the fly: cpt (pre-training) or sft (questions).",
        discussion: """
            Example: glyph train cpt --config runs/nano/pretraining.json --model nano \
            --corpus texts --held-out tests --output nano-run

            The options are those of: glyph-engine train cpt --help
            """
    )

    @Argument(
        parsing: .captureForPassthrough,
        help: ArgumentHelp("cpt or sft, and the options of glyph-engine train.", valueName: "option")
    )
    var options: [String] = []

    func run() throws {
        try EngineProgram.become(["train"] + options)
    }
}
