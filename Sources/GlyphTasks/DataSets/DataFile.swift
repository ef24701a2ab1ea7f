// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage

/// What the first bytes of a file with data say.
enum DataFile {
    /// What a person can do where a file with data cannot be opened.
    static let remedy = "See docs/benchmarks.md for where data goes."

    /// How many bytes of a byte order mark stand before the text.
    ///
    /// - Parameters:
    ///   - start: The file's first bytes, at least three where it has them.
    ///   - path: The file, for messages.
    /// - Returns: 3, or 0 without a mark.
    /// - Throws: `InputError` for a file that is compressed with gzip.
    static func markLength(of start: some Sequence<UInt8>, at path: String) throws -> Int {
        let start = Array(start.prefix(3))
        guard !start.starts(with: [0x1F, 0x8B]) else {
            throw InputError(
                at: path,
                "the file is compressed",
                expected: "JSON as text",
                remedy: "Unpack it first, with gunzip"
            )
        }
        return start == [0xEF, 0xBB, 0xBF] ? 3 : 0
    }
}
