// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import ArgumentParser
import Foundation
import GlyphDocuments
import GlyphPage
import GlyphRaster
import GlyphTokens
import GlyphTypeset

struct RenderCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "render",
        abstract: "Render documents to page images and a manifest.",
        discussion: "Example: glyph render book.txt -o pages"
    )

    @Argument(help: ArgumentHelp("Text, Markdown or source files; '-' reads standard input.", valueName: "input"))
    var inputs: [String]

    @Option(name: .shortAndLong, help: ArgumentHelp("The folder for the pages and manifest.json.", valueName: "dir"))
    var output: String

    @OptionGroup(title: "How pages look") var render: RenderOptions
    @OptionGroup(title: "What pages cost") var sizing: SizingOptions

    @Flag(help: "Fail when a page cannot show every character.")
    var strict = false

    @Flag(help: "Replace the pages of an earlier run in the folder.")
    var force = false

    @Flag(help: "Print one line of JSON instead of the summary.")
    var json = false

    func run() async throws {
        let command = self
        let summary = try await interruptible { try await command.renderPages() }
        print(json ? summary.json([("output", output.jsonLiteral)]) : summary.text)
    }

    private func renderPages() async throws -> Summary {
        let job = try await Job(inputs: inputs, render: render, sizing: sizing)
        let folder = try PageFolder(path: output, replacing: force)
        let manifestFile = try folder.manifestWriter()
        var manifest = Manifest(facts(of: job))
        let digests = Task.detached { try Self.digests(of: job) }
        let summary: Summary
        do {
            summary = try await job.run(
                strict: strict,
                showsProgress: !json,
                deliver: { try folder.write($0) },
                report: { page in
                    manifest.add(page)
                    try manifestFile.drain(&manifest)
                }
            )
        } catch {
            // Without its manifest a folder of pages cannot be trusted to be complete.
            folder.removePages()
            throw error
        }
        manifest.finish(
            [
                ("pageCount", "\(summary.pages)"), ("textTokens", "\(summary.textTokens)"),
                ("visualTokens", "\(summary.visualTokens)"),
            ] + (try await digests.value)
        )
        try manifestFile.finish(&manifest)
        return summary
    }

    private func facts(of job: Job) -> [(key: String, json: String)] {
        let parts = job.document.parts.map { part in
            "{\"name\": \(part.name.jsonLiteral), \"source\": [\(part.source.lowerBound), \(part.source.upperBound)]}"
        }
        return [
            ("glyph", Glyph.configuration.version.jsonLiteral),
            ("document", "[\(parts.joined(separator: ", "))]"),
            ("sourceBytes", "\(job.document.text.utf8.count)"),
            ("font", job.config.font.path.jsonLiteral),
            ("configuration", job.config.json),
            ("tokenizer", job.tokenizerName.jsonLiteral), ("reader", job.family.name.jsonLiteral),
        ]
    }

    /// What identifies the source and the main font; computed while pages are drawn.
    private static func digests(of job: Job) throws -> [(key: String, json: String)] {
        let font = try Data(contentsOf: URL(fileURLWithPath: job.config.font.path), options: .alwaysMapped)
        return [
            ("sourceSHA256", Digest.sha256(job.document.text.utf8).jsonLiteral),
            ("fontSHA256", font.withUnsafeBytes { Digest.sha256($0) }.jsonLiteral),
        ]
    }
}
