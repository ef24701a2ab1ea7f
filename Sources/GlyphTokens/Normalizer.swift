// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

// Foundation has the only public entry to the toolchain's canonical composition.
import Foundation

/// Canonical composition (NFC), the one normalisation that byte-level tokenizers ask for.
enum Normalizer {
    /// The composed form of `bytes`, or nothing if they already are composed or are not UTF-8.
    ///
    /// No scalar below U+0300 (lead byte 0xCC) changes or combines, so most Western text is settled by a glance.
    static func composed(_ bytes: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
        guard bytes.contains(where: { $0 >= 0xCC }), let text = String(validating: bytes, as: UTF8.self) else {
            return nil
        }
        return Array(composed(text).utf8)
    }

    /// The composed form of `text`.
    static func composed(_ text: String) -> String { text.precomposedStringWithCanonicalMapping }
}
