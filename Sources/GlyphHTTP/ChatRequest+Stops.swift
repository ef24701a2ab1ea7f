// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

package import GlyphAPI
import GlyphPage

extension ChatRequest {
    /// Strings that may end an answer.
    private static let mostStops = 16
    /// Bytes of each.
    private static let stopBytes = 1024

    /// The strings that end the answer.
    ///
    /// - Throws: `InputError` for too many of them, an empty and a long one.
    package func checkedStops() throws -> [String] {
        let strings = stop?.strings ?? []
        guard strings.count <= Self.mostStops else {
            throw InputError(at: "stop", "\(strings.count) strings", expected: "at most \(Self.mostStops)")
        }
        for string in strings where string.isEmpty || string.utf8.count > Self.stopBytes {
            throw InputError(
                at: "stop",
                "a string of \(string.utf8.count) bytes",
                expected: "1 to \(Self.stopBytes) bytes"
            )
        }
        return strings
    }
}
