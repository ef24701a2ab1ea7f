// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import ArgumentParser
import GlyphPage
import GlyphReading
import GlyphTypeset

/// How a document is read in two passes, first coarse and then closely.
struct FocusOptions: ParsableArguments {
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The most pages that are read closely when reading is focused.", valueName: "pages")
    )
    var focusPages = FocusReading.Limits().pages

    @Option(
        help: ArgumentHelp(
            "What is read closely: pages (the images), or text (their exact words).",
            valueName: "what"
        )
    )
    var focusWith: FocusMedium = .pages

    @Option(
        help: ArgumentHelp(
            "A key of the coarse look, as in --focus-look dpi=60. Repeatable (default: two thirds of the resolution; in "
                + "a grid the next cell of half the area).",
            valueName: "key=value"
        )
    )
    var focusLook: [String] = []

    func validate() throws {
        guard focusPages >= 1 else { throw ValidationError("--focus-pages is \(focusPages); it must be 1 or more.") }
        // Also where nothing will be focused: what is set with it is looked at late, or never.
        for assignment in focusLook where !assignment.contains("=") {
            throw InputError(at: "--focus-look \(assignment)", "has no '='", expected: "key=value, as in dpi=60")
        }
    }

    /// How pages look in the first pass.
    func coarse(_ config: RenderConfig) throws -> RenderConfig {
        guard focusLook.isEmpty else {
            var coarse = config
            try coarse.set(focusLook, at: "--focus-look")
            return coarse
        }
        do {
            return try FocusLook.coarse(config)
        } catch var fault as InputError {
            fault.location = "--strategy focus"
            fault.remedy = "Choose a larger --dpi or --preset, or name the look of the first pass with --focus-look"
            throw fault
        }
    }

    /// Refuses what a model that was trained for pages alone could not do.
    func check(_ card: ReadingCard?) throws {
        guard focusWith == .text, card != nil else { return }
        throw InputError(
            at: "--focus-with text",
            "this model was trained to read pages and nothing else",
            expected: "pages",
            remedy: "Leave it out, or name another reader with --endpoint"
        )
    }
}

/// What the second pass is given of the pages that were chosen.
enum FocusMedium: String, ExpressibleByArgument, CaseIterable {
    case pages, text
}
