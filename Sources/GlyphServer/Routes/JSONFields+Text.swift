// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage

extension JSONFields {
    /// A text, or nil where the field is absent.
    mutating func text(_ key: String, atMost limit: Int) throws -> String? {
        guard let value = value(key) else { return nil }
        guard case .string(let text) = value, text.utf8.count <= limit else {
            throw InputError(
                at: location(key),
                "\(value.kind) is not supported",
                expected: "a text of at most \(limit) bytes"
            )
        }
        return text
    }
}
