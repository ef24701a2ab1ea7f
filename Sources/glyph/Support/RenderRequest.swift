// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphDocuments
import GlyphPage
import GlyphRaster
import GlyphTokens
import GlyphTypeset

/// What `glyph render` was asked for, and the work itself.
struct RenderRequest: Sendable {
    var inputs: [String]
    /// The folder for the pages.
    var output: String
    var reading = ReadingOptions()
    var look = ConfigSource()
    var sizing = Sizing()
    var compression = PageRasterizer.Compression.quick
    /// Losses are errors.
    var strict = false
    /// Pages of an earlier run are replaced.
    var force = false
    /// The summary is a line of JSON.
    var json = false

    /// Reads the configuration and the document, which leaves no traces.
    func read() throws -> Job {
        Interrupt.endsProgram()
        var reading = reading
        reading.outputFolder = output
        return try Job(inputs: inputs, look: look, sizing: sizing, reading: reading)
    }

    /// Renders what was read, and says what came of it on standard output.
    func run(_ job: Job) async throws {
        let summary = try await Interrupt.guarding { try await renderPages(job, $0) }
        try Terminal.print(json ? summary.json([("output", output.jsonLiteral)]) : summary.text)
    }

    private func renderPages(_ job: Job, _ interrupt: Interrupt) async throws -> Summary {
        ThreadPool.preferred?.keepApart()
        let job = try await job.settled()
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
        var manifest = Manifest(version: Glyph.version, facts(of: job))
        var digests = SourceDigests(job.document.text)
        let summary = try await job.run(
            compression: compression,
            strict: strict,
            showsProgress: !json,
            laidOut: { digests.start() },
            deliver: { try folder.write($0) },
            report: { page in
                manifest.add(page)
                digests.add(page.fonts)
                try manifestFile.drain(&manifest)
            }
        )
        manifest.finish(
            [
                ("pageCount", "\(summary.pages)"), ("textTokens", "\(summary.textTokens)"),
                ("visualTokens", "\(summary.visualTokens)"),
                ("sourceSHA256", try await digests.text.jsonLiteral), ("fonts", try await digests.fonts),
            ]
        )
        try manifestFile.finish(&manifest)
        return summary
    }

    private func facts(of job: Job) -> [(key: String, json: String)] {
        [
            ("document", job.document.parts.map(\.manifestJSON).jsonArray),
            ("skipped", job.document.skipped.map(\.manifestJSON).jsonArray),
            ("sourceBytes", "\(job.document.text.utf8.count)"),
            ("configuration", job.config.json),
            ("tokenizer", job.tokenizerName.jsonLiteral), ("reader", job.family.name.jsonLiteral),
        ]
    }
}
