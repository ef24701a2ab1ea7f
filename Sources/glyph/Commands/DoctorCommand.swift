// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import ArgumentParser
import Foundation
import GlyphPage
import GlyphTokens
import GlyphTypeset

struct DoctorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Show what is installed: libraries, fonts, tokenizer, presets."
    )

    func run() throws {
        var problems = 0
        var lines: [String] = []
        func check(_ title: String, _ body: () throws -> String) {
            do {
                lines.append("✓ \(title): \(try body())")
            } catch {
                problems += 1
                lines.append("✗ \(title): \(error)")
            }
        }
        lines.append("glyph \(Glyph.version), \(ThreadPool.processors) processors")
        check("FreeType") { LibraryVersions.freeType }
        check("HarfBuzz") { LibraryVersions.harfBuzz }
        check("tokenizer") { "\(try Tokenizer.standard().vocabularySize) tokens" }
        check("default font") { try Self.describe(FontLibrary.dejaVuSans()) }
        check("monospaced font") { try Self.describe(FontLibrary.dejaVuSansMono()) }
        check("Chinese, Japanese, Korean font") { try Self.describe(FontLibrary.cjk()) }
        lines.append("\nFonts asked for missing characters, in this order:")
        for font in try FontLibrary.fallbackChain() { lines.append("  \(font.path)") }
        lines.append("\nFonts installed: \(FontLibrary.installedFiles().count)")
        lines.append("\nPresets:")
        for preset in Preset.allCases {
            lines.append("  \(preset.rawValue.padding(toLength: 10, withPad: " ", startingAt: 0))\(preset.summary)")
        }
        try Terminal.print(lines.joined(separator: "\n"))
        if problems > 0 { throw ExitCode(1) }
    }

    private static func describe(_ font: FontFile) throws -> String {
        let face = try FontFace(font)
        return "\(font.path) (\(face.glyphCount) glyphs)"
    }
}
