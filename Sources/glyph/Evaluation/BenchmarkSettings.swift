// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage
import GlyphTasks

/// What an item of a run means besides its name: two runs with other settings do not belong in one folder.
struct BenchmarkSettings {
    /// A setting: its name, and what it is.
    struct Setting: Sendable, Equatable {
        var name: String
        var value: String

        init(_ name: String, _ value: some CustomStringConvertible) {
            (self.name, self.value) = (name, value.description)
        }

        /// A file of a data set under the folder given with `--data`, known by its digest.
        ///
        /// - Throws: `InputError` when it cannot be read.
        init(file: String, in folder: String) throws {
            self.init("data \(file)", try Digest.sha256(ofFile: "\(folder)/\(file)"))
        }

        /// Whether it says what a file holds: another run may read other files.
        var isFile: Bool { name.hasPrefix("data ") }
    }

    private(set) var all: [Setting]

    init(_ all: [Setting]) { self.all = all }

    /// Reads what `text` has written.
    ///
    /// - Throws: `InputError` for lines of another form, as other versions wrote them.
    private init(parsing text: String, from path: String) throws {
        all = try text.split(separator: "\n").map { line in
            let parts = line.split(separator: ": ", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 2 else {
                throw InputError(
                    at: path,
                    "the folder holds results of another version of glyph, which wrote down other settings",
                    expected: "a line as in seed: 7 for each setting",
                    remedy: "Choose another --output"
                )
            }
            return Setting(parts[0], parts[1])
        }
    }

    private var text: String { all.map { "\($0.name): \($0.value)\n" }.joined() }

    /// Writes down the settings of a folder's results, or refuses a folder with results of others.
    ///
    /// - Parameters:
    ///   - path: the file for them.
    ///   - isNew: whether there are no results yet, which may then be of any settings.
    /// - Throws: `InputError` that names what differs.
    func claim(_ path: String, isNew: Bool) throws {
        var claimed = self
        if !isNew {
            guard let bytes = ResourceFile.read(path) else {
                throw InputError(
                    at: path,
                    "it cannot be read, but says what the results beside it were made with",
                    remedy: "Choose another --output"
                )
            }
            let found = try BenchmarkSettings(parsing: String(decoding: bytes, as: UTF8.self), from: path)
            let differences = differences(from: found)
            guard differences.isEmpty else {
                throw InputError(
                    at: path,
                    "the folder holds results of a run with other settings: " + differences.joined(separator: "; "),
                    remedy: "Choose another --output"
                )
            }
            claimed.all += found.all.filter { setting in !all.contains { $0.name == setting.name } }
        }
        try ResourceFile.write(Array(claimed.text.utf8), to: path)
    }

    /// What differs, in words.
    private func differences(from found: BenchmarkSettings) -> [String] {
        let changed = all.compactMap { setting -> String? in
            let before = found.all.first { $0.name == setting.name }
            guard before != setting, before != nil || !setting.isFile else { return nil }
            return "\(setting.name) was \(before?.value ?? "not said") and is \(setting.value)"
        }
        let gone = found.all.filter { setting in !setting.isFile && !all.contains { $0.name == setting.name } }
        return changed + gone.map { "\($0.name) was \($0.value) and is not said" }
    }
}
