// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import ArgumentParser
import Foundation
import GlyphPage
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
            "A render configuration in JSON (default: ./\(Self.defaultFile) if there is one).",
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

    /// The file that sets the default template for its folder.
    static let defaultFile = "render_config.json"

    /// The configuration these options describe.
    ///
    /// - Parameter fallback: The preset where nothing says how pages look.
    /// - Returns: The configuration, checked.
    /// - Throws: `InputError` for an unknown preset, key or value.
    func configuration(fallback: Preset = .default) throws -> RenderConfig {
        var result = try base(fallback)
        let flags: [(key: ConfigKey, name: String, value: String?)] = [
            (.layout, "--layout", layout), (.fontPath, "--font", font), (.fontSize, "--font-size", fontSize),
            (.lineHeight, "--line-height", lineHeight), (.dpi, "--dpi", dpi), (.pageSize, "--page-size", pageSize),
            (.reflow, "--reflow", reflow), (.imageFormat, "--image-format", imageFormat),
        ]
        let used = flags.compactMap { flag in flag.value.map { (flag.key.rawValue, flag.name, $0) } }
        do {
            try result.set(assignments + used.map { key, _, value in "\(key)=\(value)" })
        } catch var fault as InputError {
            // The library knows keys; a person looks for the flag that was typed.
            for (key, name, _) in used where fault.location == "--set: \(key)" { fault.location = name }
            throw fault
        }
        return result
    }

    private func base(_ fallback: Preset) throws -> RenderConfig {
        if let preset, config != nil {
            throw InputError(at: "--preset \(preset)", "is given together with --config", expected: "one of the two")
        }
        if let preset {
            guard let known = Preset(rawValue: preset) else {
                throw InputError(
                    at: "--preset",
                    "\"\(preset)\" is unknown",
                    expected: Preset.allCases.map(\.rawValue).joined(separator: ", ")
                )
            }
            return try known.configuration()
        }
        if let config { return try RenderConfig(file: config) }
        if FileManager.default.fileExists(atPath: Self.defaultFile) {
            // Said because nobody asked for it on this command line.
            Terminal.say("Note: pages look as ./\(Self.defaultFile) says\n")
            return try RenderConfig(file: Self.defaultFile)
        }
        return try fallback.configuration()
    }
}
