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
    var look = Look()
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
        return try Job(inputs: inputs, look: look, sizing: sizing, reading: reading)
    }

    /// Renders what was read, and says what came of it on standard output.
    func run(_ job: Job) async throws {
        let summary = try await Interrupt.guarding { try await renderPages(job, $0) }
        try Terminal.print(json ? summary.json([("output", output.jsonLiteral)]) : summary.text)
    }

    private func renderPages(_ job: Job, _ interrupt: Interrupt) async throws -> Summary {
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
        let sourceDigest = Task.detached { Digest.sha256(job.document.text.utf8) }
        var fonts: [UsedFont] = []
        let summary = try await job.run(
            compression: compression,
            strict: strict,
            showsProgress: !json,
            deliver: { try folder.write($0) },
            report: { page in
                manifest.add(page)
                for font in page.fonts where !fonts.contains(where: { $0.file == font }) {
                    // Beside the pages that are still being drawn.
                    fonts.append(UsedFont(file: font, digest: Task.detached { try Digest.sha256(ofFile: font.path) }))
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
            ("document", job.document.parts.map(\.manifestJSON).jsonArray),
            ("skipped", job.document.skipped.map(\.manifestJSON).jsonArray),
            ("sourceBytes", "\(job.document.text.utf8.count)"),
            ("configuration", job.config.json),
            ("tokenizer", job.tokenizerName.jsonLiteral), ("reader", job.family.name.jsonLiteral),
        ]
    }

    /// A font that decided what the pages look like, and its digest.
    private struct UsedFont {
        var file: FontFile
        var digest: Task<String, any Error>
    }

    private static func list(_ fonts: [UsedFont]) async throws -> String {
        var entries: [String] = []
        for font in fonts.sorted(by: { $0.file.reference < $1.file.reference }) {
            let digest = try await font.digest.value
            entries.append("{\"font\": \(font.file.reference.jsonLiteral), \"sha256\": \(digest.jsonLiteral)}")
        }
        return entries.jsonArray
    }
}
