// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage

/// Counts what all inputs of a document take together, and refuses what is too much.
struct InputBudget {
    let limits: DocumentLimits
    private var bytes = 0
    private var files = 0

    init(_ limits: DocumentLimits) { self.limits = limits }

    /// What is left for the next file.
    var remainingBytes: Int { limits.bytes - bytes }

    /// Takes a file into account.
    mutating func add(_ count: Int, from name: String) throws {
        bytes += count
        guard bytes <= limits.bytes else {
            throw InputError(
                at: name,
                "makes the inputs larger than \(limits.bytes) bytes",
                expected: "at most \(limits.bytes) bytes in all",
                remedy: "Name fewer files, or a smaller folder"
            )
        }
    }

    /// Takes an entry of a folder or an archive into account, whether it is read or not.
    mutating func addEntry(of name: String) throws {
        files += 1
        guard files <= limits.files else {
            throw InputError(
                at: name,
                "holds more than \(limits.files) files",
                expected: "at most \(limits.files) in all",
                remedy: "Name the files or a smaller folder"
            )
        }
    }
}
