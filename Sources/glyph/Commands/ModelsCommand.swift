// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import ArgumentParser

struct ModelsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "models",
        abstract: "Look at models in folders.",
        subcommands: [ModelsInspect.self]
    )
}

struct ModelsInspect: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect",
        abstract: "Say what a checkpoint holds, what memory it takes, and what would not load.",
        discussion: "Example: glyph models inspect /data/GLM-4.1V-9B-Thinking"
    )

    @Argument(help: ArgumentHelp("A folder with a Hugging Face checkpoint.", valueName: "folder"))
    var folder: String

    @Flag(help: "List every tensor with its type and shape.")
    var tensors = false

    func run() throws {
        try EngineProgram.become(["inspect", folder] + (tensors ? ["--tensors"] : []))
    }
}
