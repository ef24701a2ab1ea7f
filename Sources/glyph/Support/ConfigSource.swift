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
    /// - Parameter trained: The preset that the reader was trained on: the folder's default file is not for it.
    /// - Returns: The configuration, checked.
    /// - Throws: `InputError` for an unknown preset, key or value.
    func configuration(trainedOn trained: Preset? = nil) throws -> RenderConfig {
        for flag in flags {
            guard let assignment = self.assignment(of: flag.key) else { continue }
            throw InputError(
                at: "--set \(assignment)",
                "is given together with \(flag.name)",
                expected: "one of the two"
            )
        }
        var result = try base(trained)
        do {
            try result.set(assignments + flags.map { "\($0.key.rawValue)=\($0.value)" })
        } catch var fault as InputError {
            // The library knows keys; a person looks for the flags that were typed.
            if let flag = flags.first(where: { fault.location == "--set: \($0.key.rawValue)" }) {
                fault.location = flag.name
            } else if assignments.isEmpty {
                let names = flags.map(\.name).joined(separator: ", ")
                fault.location = fault.location.replacing("--set: ", with: "\(names): ")
            }
            throw fault
        }
        return result
    }

    /// The flag, or `--set` with what follows it, that sets a key; nil if none does.
    func flag(setting key: ConfigKey) -> String? {
        flags.first { $0.key == key }?.name ?? assignment(of: key).map { "--set \($0)" }
    }

    private func assignment(of key: ConfigKey) -> String? {
        assignments.first { $0.prefix { $0 != "=" } == key.rawValue }
    }

    private func base(_ trained: Preset?) throws -> RenderConfig {
        if let preset, config != nil {
            throw InputError(at: "--preset \(preset)", "is given together with --config", expected: "one of the two")
        }
        if let preset { return try Preset.named(preset, at: "--preset").configuration() }
        if let config { return try RenderConfig(file: config) }
        let hasDefault = FileManager.default.fileExists(atPath: Self.defaultFile)
        // Said because nobody asked for it on this command line.
        if let trained {
            if hasDefault {
                Terminal.say(
                    "Note: ./\(Self.defaultFile) is passed over, since this model was trained on the preset \(trained.rawValue)\n"
                )
            }
            return try trained.configuration()
        }
        guard hasDefault else { return try Preset.default.configuration() }
        Terminal.say("Note: pages look as ./\(Self.defaultFile) says\n")
        return try RenderConfig(file: Self.defaultFile)
    }
}
