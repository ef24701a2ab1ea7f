// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage

/// A bearer key that cannot be printed by accident.
///
/// Its descriptions and its mirror are redacted, and every message about a request passes through `redacted(in:)`,
/// because servers quote the key they refuse.
public struct APIKey: Sendable, Equatable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The key itself; only the request's header may hold it.
    let secret: String

    /// Checks a key, so that a line break from a file is found here and not by the HTTP library, which would quote it.
    ///
    /// - Throws: `InputError`, without the key.
    public init(_ text: String) throws {
        let secret = text.trimmed
        guard !secret.isEmpty else { throw InputError(at: "API key", "it is empty") }
        guard secret.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw InputError(
                at: "API key",
                "it contains a space, a line break or a character outside ASCII",
                remedy: "Check for a quotation mark or a second line copied with the key."
            )
        }
        self.secret = secret
    }

    public var description: String { "API key (hidden)" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }

    /// The text with every occurrence of the key replaced.
    func redacted(in text: String) -> String {
        text.split(separator: secret, omittingEmptySubsequences: false).joined(separator: "[key]")
    }
}
