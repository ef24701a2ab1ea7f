// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage

/// All inputs together are too much: an end for the whole document, whoever named the file it shows at.
struct LimitExceeded: Error {
    let fault: InputError
}

/// Counts what all inputs of a document take together, and refuses what is too much.
struct InputBudget {
    let limits: DocumentLimits
    private var bytes = 0
    private var files = 0
    private var unpacked = 0

    init(_ limits: DocumentLimits) { self.limits = limits }

    /// What is left for the next file.
    var remainingBytes: Int { limits.bytes - bytes }

    /// Takes a file into account.
    mutating func add(_ count: Int, from name: String) throws {
        bytes += count
        guard bytes <= limits.bytes else {
            throw LimitExceeded(
                fault: InputError(
                    at: name,
                    "makes the inputs larger than \(limits.bytes) bytes",
                    expected: "at most \(limits.bytes) bytes in all",
                    remedy: "Name fewer files, or a smaller folder"
                )
            )
        }
    }

    /// Takes an entry of a folder or an archive into account, whether it is read or not.
    mutating func addEntry(of name: String) throws {
        files += 1
        guard files <= limits.files else {
            throw LimitExceeded(
                fault: InputError(
                    at: name,
                    "holds more than \(limits.files) files",
                    expected: "at most \(limits.files) in all",
                    remedy: "Name the files or a smaller folder"
                )
            )
        }
    }

    /// Takes work into account that unpacking was, also of what is then thrown away: archives in archives could go on
    /// for ever while each of them keeps its own limits.
    mutating func addUnpacked(_ count: Int, from name: String) throws {
        unpacked += count
        guard unpacked / 4 <= limits.bytes else {
            throw LimitExceeded(
                fault: InputError(
                    at: name,
                    "makes the archives unpack to more than \(4 * limits.bytes) bytes",
                    expected: "at most that in all",
                    remedy: "Unpack them yourself and name the files you need"
                )
            )
        }
    }
}
