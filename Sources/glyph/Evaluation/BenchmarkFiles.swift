// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Foundation
import GlyphPage
import GlyphTasks
import GlyphTokens

/// Files that benchmarks are made of.
enum BenchmarkFiles {
    /// Prose and the SHA-256 of its file.
    static func prose(_ path: String) throws -> (Prose, digest: String) {
        guard let bytes = ResourceFile.read(path) else {
            throw InputError(at: path, "cannot be read", expected: "a text file")
        }
        let source = try SourceText(validating: bytes, from: path)
        return (try Prose(String(decoding: source.utf8, as: UTF8.self), source: path), Digest.sha256(bytes))
    }

    /// Makes a run's folder, unless it is there.
    static func makeFolder(_ path: String) throws {
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        } catch {
            throw InputError(
                at: "--output \(path)",
                "the folder cannot be made",
                expected: "a folder that can be written to",
                remedy: "Check the path and who may write there, or choose another --output"
            )
        }
    }

    /// What files of a data set hold, by their digests.
    static func settings(_ names: [String], in folder: String) throws -> [BenchmarkSettings.Setting] {
        try names.map { try BenchmarkSettings.Setting(file: $0, in: folder) }
    }

    static func exists(_ name: String, in folder: String?) -> Bool {
        folder.map { FileManager.default.fileExists(atPath: "\($0)/\(name)") } ?? false
    }

    /// Says at once which files are missing, before anything is asked.
    static func require(_ names: [String], in folder: String?) throws {
        let missing = names.filter { !exists($0, in: folder) }
        guard !missing.isEmpty else { return }
        let list = missing.joined(separator: ", ")
        throw InputError(
            at: folder.map { "--data \($0)" } ?? "--data",
            folder == nil ? "no folder with data was given" : "it lacks \(list)",
            expected: folder == nil ? "a folder with \(list)" : nil,
            remedy: "docs/benchmarks.md says where each file comes from"
        )
    }
}
