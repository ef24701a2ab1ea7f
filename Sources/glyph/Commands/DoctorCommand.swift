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
        abstract: "Show what is installed: libraries, fonts, tokenizer."
    )

    func run() throws {
        var problems = 0
        func check(_ title: String, _ body: () throws -> String) {
            do {
                print("✓ \(title): \(try body())")
            } catch {
                problems += 1
                print("✗ \(title): \(error)")
            }
        }
        print("glyph \(Glyph.configuration.version), \(ProcessInfo.processInfo.activeProcessorCount) processors")
        check("FreeType") { LibraryVersions.freeType }
        check("HarfBuzz") { LibraryVersions.harfBuzz }
        check("tokenizer") { "\(try Tokenizer.standard().vocabularySize) tokens" }
        check("default font") { try Self.describe(FontLibrary.dejaVuSans()) }
        check("monospaced font") { try Self.describe(FontLibrary.dejaVuSansMono()) }
        check("Chinese, Japanese, Korean font") { try Self.describe(FontLibrary.cjk()) }
        print("\nFonts asked for missing characters, in this order:")
        for font in try FontLibrary.fallbackChain() { print("  \(font.path)") }
        print("\nFonts installed: \(FontLibrary.installedFiles().count)")
        print("Presets:")
        for preset in Preset.allCases {
            print("  \(preset.rawValue.padding(toLength: 10, withPad: " ", startingAt: 0))\(preset.summary)")
        }
        if problems > 0 { throw ExitCode(1) }
    }

    private static func describe(_ font: FontFile) throws -> String {
        let face = try FontFace(font)
        return "\(font.path) (\(face.glyphCount) glyphs)"
    }
}
