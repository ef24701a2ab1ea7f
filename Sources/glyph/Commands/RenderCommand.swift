// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import ArgumentParser

struct RenderCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "render",
        abstract: "Render documents to page images and a manifest.",
        discussion: """
            Examples:
              glyph render book.txt -o pages
              glyph render Sources -o pages --preset code --force
              git log | glyph render - -o pages --budget 4000 --json

            A page is whole or absent. A run that fails or is interrupted removes its pages again. An existing folder \
            must be empty, unless --force is given.
            """
    )

    @Argument(
        help: ArgumentHelp("Files of any kind, folders or archives; '-' reads standard input.", valueName: "input")
    )
    var inputs: [String]

    @Option(name: .shortAndLong, help: ArgumentHelp("The folder for the pages and manifest.json.", valueName: "dir"))
    var output: String

    @OptionGroup(title: "How inputs are read") var input: InputOptions
    @OptionGroup(title: "How pages look") var render: RenderOptions
    @OptionGroup(title: "What pages cost") var sizing: SizingOptions

    @OptionGroup var files: PageFileOptions

    @Flag(help: "Fail when a page misses a character, clips a line or drops a code point.")
    var strict = false

    @Flag(help: "Replace the pages of an earlier run in the folder.")
    var force = false

    @Flag(help: "Print one line of JSON instead of the summary.")
    var json = false

    func validate() throws {
        guard !output.isEmpty else { throw ValidationError("--output is empty; name a folder, as in -o pages.") }
    }

    func run() async throws {
        let request = RenderRequest(
            inputs: inputs,
            output: output,
            reading: try input.reading(),
            look: render.look,
            sizing: sizing.sizing,
            compression: files.png,
            strict: strict,
            force: force,
            json: json
        )
        try await request.run(request.read())
    }
}
