// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

/// What a needle's key or value is made of.
package enum NeedleKind: String, Sendable, CaseIterable {
    /// An adjective and a noun, joined by a hyphen.
    case words
    /// Seven digits, the first not 0.
    case numbers
    /// A version 4 UUID.
    case uuids

    /// The singular, as questions about one value use it.
    var singular: String { String(rawValue.dropLast()) }

    /// A random key or value.
    package func random(using generator: inout some RandomNumberGenerator) -> String {
        switch self {
        case .words:
            let words = NeedleWords.self
            return words.adjectives[Int.random(in: 0..<words.adjectives.count, using: &generator)] + "-"
                + words.nouns[Int.random(in: 0..<words.nouns.count, using: &generator)]
        case .numbers: return String(Int.random(in: 1_000_000...9_999_999, using: &generator))
        case .uuids: return Self.uuid(using: &generator)
        }
    }

    /// RFC 9562, section 5.4: 122 random bits.
    private static func uuid(using generator: inout some RandomNumberGenerator) -> String {
        let high = generator.next() & ~0xF000 | 0x4000
        let low = generator.next() & (.max >> 2) | 1 << 63
        let digits = [high, low].map { half in
            let text = String(half, radix: 16)
            return String(repeating: "0", count: 16 - text.count) + text
        }.joined()
        var uuid = ""
        for (index, digit) in digits.enumerated() {
            if [8, 12, 16, 20].contains(index) { uuid += "-" }
            uuid.append(digit)
        }
        return uuid
    }
}
