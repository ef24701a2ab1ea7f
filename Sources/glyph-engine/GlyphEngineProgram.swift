// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import ArgumentParser

@main
struct GlyphEngineProgram: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "glyph-engine",
        abstract: "Runs a vision–language model on this machine. `glyph` starts it when it needs it.",
        version: "0.1.0",
        subcommands: [ServeCommand.self, InspectCommand.self, BenchCommand.self, TrainCommand.self]
    )
}
