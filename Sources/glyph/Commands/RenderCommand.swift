// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import ArgumentParser
import GlyphDocuments
import GlyphPage
import GlyphRaster
import GlyphTokens
import GlyphTypeset

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
        let command = self
        let summary = try await Interrupt.guarding { try await command.renderPages($0) }
        try Terminal.print(json ? summary.json([("output", output.jsonLiteral)]) : summary.text)
    }

    private func renderPages(_ interrupt: Interrupt) async throws -> Summary {
        let job = try await Job(inputs: inputs, render: render, sizing: sizing, reading: input.reading())
        interrupt.waitForCleanUp()
        let folder = try PageFolder(path: output, replacing: force)
        do {
            return try await fill(folder, from: job)
        } catch {
            // Without its manifest a folder of pages cannot be trusted to be complete.
            folder.removePages()
            throw error
        }
    }

    private func fill(_ folder: PageFolder, from job: Job) async throws -> Summary {
        let manifestFile = try folder.manifestWriter()
        var manifest = Manifest(version: Glyph.configuration.version, facts(of: job))
        let sourceDigest = Task.detached { Digest.sha256(job.document.text.utf8) }
        var fonts: [(file: FontFile, digest: Task<String, any Error>)] = []
        let summary = try await job.run(
            compression: files.png,
            strict: strict,
            showsProgress: !json,
            deliver: { try folder.write($0) },
            report: { page in
                manifest.add(page)
                for font in page.fonts where !fonts.contains(where: { $0.file == font }) {
                    // Beside the pages that are still being drawn.
                    fonts.append((font, Task.detached { try Digest.sha256(ofFile: font.path) }))
                }
                try manifestFile.drain(&manifest)
            }
        )
        manifest.finish(
            [
                ("pageCount", "\(summary.pages)"), ("textTokens", "\(summary.textTokens)"),
                ("visualTokens", "\(summary.visualTokens)"),
                ("sourceSHA256", await sourceDigest.value.jsonLiteral), ("fonts", try await Self.list(fonts)),
            ]
        )
        try manifestFile.finish(&manifest)
        return summary
    }

    private func facts(of job: Job) -> [(key: String, json: String)] {
        [
            ("document", "[\(job.document.parts.map(\.manifestJSON).joined(separator: ", "))]"),
            ("skipped", "[\(job.document.skipped.map(\.manifestJSON).joined(separator: ", "))]"),
            ("sourceBytes", "\(job.document.text.utf8.count)"),
            ("configuration", job.config.json),
            ("tokenizer", job.tokenizerName.jsonLiteral), ("reader", job.family.name.jsonLiteral),
        ]
    }

    /// The fonts that decided what the pages look like, with their digests.
    private static func list(_ fonts: [(file: FontFile, digest: Task<String, any Error>)]) async throws -> String {
        var entries: [String] = []
        for font in fonts.sorted(by: { $0.file.reference < $1.file.reference }) {
            let digest = try await font.digest.value
            entries.append("{\"font\": \(font.file.reference.jsonLiteral), \"sha256\": \(digest.jsonLiteral)}")
        }
        return "[\(entries.joined(separator: ", "))]"
    }
}
