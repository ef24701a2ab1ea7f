// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import ArgumentParser
import GlyphTypeset

/// How a document is drawn: a preset or a file, with single keys overridden.
struct RenderOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "A ready configuration: \(Preset.allCases.map(\.rawValue).joined(separator: ", ")); see 'glyph doctor'.",
            valueName: "name"
        )
    )
    var preset: String?

    @Option(
        help: ArgumentHelp(
            "A render configuration in JSON (default: ./\(ConfigSource.defaultFile) if there is one).",
            valueName: "file"
        )
    )
    var config: String?

    @Option(
        name: .customLong("set"),
        help: ArgumentHelp(
            "Override one configuration key, as in --set margin-x=4. Repeatable.",
            valueName: "key=value"
        )
    )
    var assignments: [String] = []

    @Option(help: ArgumentHelp("official, unicode or grid.", valueName: "layout"))
    var layout: String?

    @Option(help: ArgumentHelp("A TrueType or OpenType font.", valueName: "file"))
    var font: String?

    @Option(parsing: .unconditional, help: ArgumentHelp("The font size in points.", valueName: "points"))
    var fontSize: String?

    @Option(parsing: .unconditional, help: ArgumentHelp("From one line to the next, in points.", valueName: "points"))
    var lineHeight: String?

    @Option(parsing: .unconditional, help: ArgumentHelp("Pixels an inch; 72 makes a point a pixel.", valueName: "dpi"))
    var dpi: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Width and height in points, as in 595,842.", valueName: "width,height")
    )
    var pageSize: String?

    @Option(help: ArgumentHelp("Join hard-wrapped paragraphs: auto, on or off.", valueName: "when"))
    var reflow: String?

    @Option(help: ArgumentHelp("The PNG's pixels: auto (grey or palette), bilevel or rgb.", valueName: "format"))
    var imageFormat: String?

    /// What was chosen.
    var look: ConfigSource {
        let flags: [(key: ConfigKey, name: String, value: String?)] = [
            (.layout, "--layout", layout), (.fontPath, "--font", font), (.fontSize, "--font-size", fontSize),
            (.lineHeight, "--line-height", lineHeight), (.dpi, "--dpi", dpi), (.pageSize, "--page-size", pageSize),
            (.reflow, "--reflow", reflow), (.imageFormat, "--image-format", imageFormat),
        ]
        return ConfigSource(
            preset: preset,
            config: config,
            assignments: assignments,
            flags: flags.compactMap { flag in flag.value.map { (flag.key, flag.name, $0) } }
        )
    }
}
