// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import ArgumentParser
import Foundation
import GlyphPage
import GlyphTypeset

/// How a document is drawn: a preset or a file, with single keys overridden.
struct RenderOptions: ParsableArguments {
    @Option(help: "A preset: \(Preset.allCases.map(\.rawValue).joined(separator: ", ")).")
    var preset: String?

    @Option(help: "A render configuration file (default: ./render_config.json if there is one).")
    var config: String?

    @Option(name: .customLong("set"), help: "Override one configuration key, as in --set font-size=8. Repeatable.")
    var assignments: [String] = []

    @Option(help: "The layout: official, unicode or grid.")
    var layout: String?

    @Option(help: "The font file.")
    var font: String?

    @Option(help: "The font size in points.")
    var fontSize: String?

    @Option(help: "The distance between lines in points.")
    var lineHeight: String?

    @Option(help: "The resolution in dots per inch.")
    var dpi: String?

    @Option(help: "The page size in points, as in 595,842.")
    var pageSize: String?

    @Option(help: "Join hard-wrapped paragraphs: auto, on or off.")
    var reflow: String?

    @Option(help: "Pixels in the PNG: auto (grey or palette), bilevel or rgb.")
    var imageFormat: String?

    /// The file that sets the default template for its folder.
    static let defaultFile = "render_config.json"

    /// The configuration these options describe.
    func configuration() throws -> RenderConfig {
        var result = try base()
        let flags: [(ConfigKey, String?)] = [
            (.layout, layout), (.fontPath, font), (.fontSize, fontSize), (.lineHeight, lineHeight), (.dpi, dpi),
            (.pageSize, pageSize), (.reflow, reflow), (.imageFormat, imageFormat),
        ]
        var overrides = assignments
        for case (let key, let value?) in flags { overrides.append("\(key.rawValue)=\(value)") }
        try result.set(overrides)
        return result
    }

    private func base() throws -> RenderConfig {
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
        if FileManager.default.fileExists(atPath: Self.defaultFile) { return try RenderConfig(file: Self.defaultFile) }
        return try Preset.default.configuration()
    }
}
