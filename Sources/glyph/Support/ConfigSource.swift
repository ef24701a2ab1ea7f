// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Foundation
import GlyphPage
import GlyphTypeset

/// Where a configuration comes from: a preset or a file, with single keys overridden.
struct ConfigSource: Sendable {
    /// The name of a ready configuration.
    var preset: String?
    /// The file of a configuration.
    var config: String?
    /// Keys and values, as `--set` has them.
    var assignments: [String] = []
    /// Keys that have a flag of their own.
    var flags: [(key: ConfigKey, name: String, value: String)] = []

    /// The file that sets the default template for its folder.
    static let defaultFile = "render_config.json"

    /// The configuration this describes.
    ///
    /// - Parameter fallback: The preset where nothing says how pages look.
    /// - Returns: The configuration, checked.
    /// - Throws: `InputError` for an unknown preset, key or value.
    func configuration(fallback: Preset = .default) throws -> RenderConfig {
        var result = try base(fallback)
        do {
            try result.set(assignments + flags.map { "\($0.key.rawValue)=\($0.value)" })
        } catch var fault as InputError {
            // The library knows keys; a person looks for the flag that was typed.
            for flag in flags where fault.location == "--set: \(flag.key.rawValue)" { fault.location = flag.name }
            throw fault
        }
        return result
    }

    private func base(_ fallback: Preset) throws -> RenderConfig {
        if let preset, config != nil {
            throw InputError(at: "--preset \(preset)", "is given together with --config", expected: "one of the two")
        }
        if let preset { return try Preset.named(preset, at: "--preset").configuration() }
        if let config { return try RenderConfig(file: config) }
        if FileManager.default.fileExists(atPath: Self.defaultFile) {
            // Said because nobody asked for it on this command line.
            Terminal.say("Note: pages look as ./\(Self.defaultFile) says\n")
            return try RenderConfig(file: Self.defaultFile)
        }
        return try fallback.configuration()
    }
}
