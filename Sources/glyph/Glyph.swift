// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import ArgumentParser

@main
struct Glyph: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "glyph",
        abstract: "Long text becomes compact page images that a vision–language model reads.",
        version: "0.1.0",
        subcommands: [
            RenderCommand.self, CountCommand.self, AskCommand.self, BenchCommand.self, DoctorCommand.self,
        ]
    )
}
