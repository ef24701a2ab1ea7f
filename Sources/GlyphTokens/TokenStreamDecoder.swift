// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage

/// Turns ids into text one at a time, holding back bytes until they complete a character.
///
/// A character can span tokens, so the text of an id alone may not be valid UTF-8; what this returns always is.
public struct TokenStreamDecoder: Sendable {
    private let tokenizer: Tokenizer
    private let skipsSpecialTokens: Bool
    private var pending: [UInt8] = []

    public init(_ tokenizer: Tokenizer, skippingSpecialTokens: Bool = true) {
        self.tokenizer = tokenizer
        skipsSpecialTokens = skippingSpecialTokens
    }

    /// The text that is complete now that `id` has arrived; may be empty.
    public mutating func append(_ id: Int32) throws -> String {
        pending += try tokenizer.decode(CollectionOfOne(id), skippingSpecialTokens: skipsSpecialTokens)
        let held = Self.incompleteSuffixLength(pending)
        let text = String(decoding: pending.dropLast(held), as: UTF8.self)
        pending.removeFirst(pending.count - held)
        return text
    }

    /// The text of bytes still held back, with U+FFFD for what never became a character.
    public mutating func finish() -> String {
        defer { pending = [] }
        return String(decoding: pending, as: UTF8.self)
    }

    /// How many bytes at the end could still become one character.
    private static func incompleteSuffixLength(_ bytes: [UInt8]) -> Int {
        for length in 1...3 where length <= bytes.count {
            let byte = bytes[bytes.count - length]
            if byte & 0xC0 == 0x80 { continue }
            let needed = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : byte >= 0xC2 ? 2 : 1
            return byte < 0xF5 && needed > length ? length : 0
        }
        return 0
    }
}
