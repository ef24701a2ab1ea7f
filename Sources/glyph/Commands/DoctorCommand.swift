// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import ArgumentParser
import Foundation
import GlyphPage
import GlyphReading
import GlyphTokens
import GlyphTypeset

struct DoctorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Show what is installed: libraries, fonts, tokenizer, presets."
    )

    func run() throws {
        var report = Report()
        report.lines.append("glyph \(Glyph.version), \(ThreadPool.processors) processors")
        Self.checkPages(&report)
        Self.checkDocuments(&report)
        Self.checkReader(&report)
        report.lines.append("\nFonts asked for missing characters, in this order:")
        for font in try FontLibrary.fallbackChain() { report.lines.append("  \(font.path)") }
        report.lines.append("\nFonts installed: \(FontLibrary.installedFiles().count)")
        report.lines.append("\nPresets:")
        for preset in Preset.allCases {
            let name = preset.rawValue.padding(toLength: 10, withPad: " ", startingAt: 0)
            report.lines.append("  \(name)\(preset.summary)")
        }
        try Terminal.print(report.lines.joined(separator: "\n"))
        if report.problems > 0 { throw ExitCode(1) }
    }

    /// What is found, line by line.
    private struct Report {
        var lines: [String] = []
        var problems = 0

        /// What pages cannot be made without.
        mutating func need(_ title: String, _ body: () throws -> String) {
            do {
                lines.append("✓ \(title): \(try body())")
            } catch {
                problems += 1
                lines.append("✗ \(title): \(error)")
            }
        }

        /// What only some documents or commands need: without it there is no fault, but something that cannot be done.
        mutating func mention(_ title: String, _ found: String?, without: String) {
            lines.append(found.map { "✓ \(title): \($0)" } ?? "– \(title): not there; \(without)")
        }

        /// The same for what says itself why it is not there.
        mutating func mention(_ title: String, without: String, _ body: () throws -> String) {
            do {
                lines.append("✓ \(title): \(try body())")
            } catch {
                lines.append("– \(title): \(error); \(without)")
            }
        }
    }

    /// What decides how pages look and what they cost.
    private static func checkPages(_ report: inout Report) {
        report.need("FreeType") { LibraryVersions.freeType }
        report.need("HarfBuzz") { try harfBuzz() }
        report.need("ICU") { LibraryVersions.icu }
        report.need("ISA-L") { InstalledLibrary.isal ?? "built in" }
        report.need("tokenizer") { "\(try Tokenizer.standard().vocabularySize) tokens" }
        report.need("default font") { try describe(FontLibrary.dejaVuSans()) }
        report.need("monospaced font") { try describe(FontLibrary.dejaVuSansMono()) }
        report.need("Chinese, Japanese, Korean font") { try describe(FontLibrary.cjk()) }
    }

    /// What other documents than texts need.
    private static func checkDocuments(_ report: inout Report) {
        let remedy = "Tools/setup.sh packages installs it"
        report.mention(
            "libarchive",
            InstalledLibrary.archive,
            without: "archives, DOCX and EPUB cannot be read; \(remedy)"
        )
        report.mention("libxml2", InstalledLibrary.xml, without: "HTML, DOCX and EPUB cannot be read; \(remedy)")
        report.mention("poppler", InstalledLibrary.poppler, without: "PDF cannot be read; \(remedy)")
    }

    /// What answers without a server.
    private static func checkReader(_ report: inout Report) {
        report.mention("reader that ships", without: "without it questions need --endpoint or --model") {
            try EngineProcess.Configuration.embeddedModel()
        }
        report.mention("glyph-engine", without: "without it no model runs here") {
            try EngineProcess.Configuration.program()
        }
    }

    /// The version of HarfBuzz, which is loaded when it is first called.
    ///
    /// Where that fails, the call ends the program, and with it the report; so loading is tried before, in the same way.
    private static func harfBuzz() throws -> String {
        let name = "libharfbuzz.so.0"
        guard let library = dlopen(name, RTLD_NOW | RTLD_DEEPBIND) else {
            throw InputError(
                at: name,
                "cannot be loaded: \(String(cString: dlerror()))",
                expected: "the library that shapes text, for all layouts but official and grid",
                remedy: "Tools/setup.sh packages installs it"
            )
        }
        dlclose(library)
        return LibraryVersions.harfBuzz
    }

    private static func describe(_ font: FontFile) throws -> String {
        let face = try FontFace(font)
        return "\(font.path) (\(face.glyphCount) glyphs)"
    }
}
