// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import CUnicode
import CHarfBuzz

/// What is written in place of a character that no font has.
///
/// A blank box tells a reader nothing; a name in brackets tells it what stood there.
enum Substitution {
    /// A control character's picture (U+2400…).
    static func controlPicture(for scalar: UInt32) -> Unicode.Scalar? {
        switch scalar {
        case 0...0x1F: Unicode.Scalar(0x2400 + scalar)
        case 0x7F: "\u{2421}"
        default: nil
        }
    }

    /// `[grinning face]` for emoji, symbols and punctuation, `[U+XXXX]` for everything else.
    ///
    /// Letters go by number: a text in a script without a font would otherwise grow twentyfold and be no more legible.
    static func text(for scalar: UInt32) -> String {
        let number = String(scalar, radix: 16, uppercase: true)
        let fallback = "[U+" + String(repeating: "0", count: max(0, 4 - number.count)) + number + "]"
        guard isSymbol(scalar) else { return fallback }
        let bytes = [CChar](unsafeUninitializedCapacity: 128) { buffer, count in
            count = cunicode_name(scalar, buffer.baseAddress, buffer.count)
        }
        guard !bytes.isEmpty else { return fallback }
        return "[" + String(decoding: bytes.map { UInt8(bitPattern: $0) }, as: UTF8.self).lowercased() + "]"
    }

    private static func isSymbol(_ scalar: UInt32) -> Bool {
        switch hb_unicode_general_category(hb_unicode_funcs_get_default(), scalar) {
        case HB_UNICODE_GENERAL_CATEGORY_CURRENCY_SYMBOL, HB_UNICODE_GENERAL_CATEGORY_MODIFIER_SYMBOL,
            HB_UNICODE_GENERAL_CATEGORY_MATH_SYMBOL, HB_UNICODE_GENERAL_CATEGORY_OTHER_SYMBOL,
            HB_UNICODE_GENERAL_CATEGORY_CONNECT_PUNCTUATION, HB_UNICODE_GENERAL_CATEGORY_DASH_PUNCTUATION,
            HB_UNICODE_GENERAL_CATEGORY_CLOSE_PUNCTUATION, HB_UNICODE_GENERAL_CATEGORY_FINAL_PUNCTUATION,
            HB_UNICODE_GENERAL_CATEGORY_INITIAL_PUNCTUATION, HB_UNICODE_GENERAL_CATEGORY_OTHER_PUNCTUATION,
            HB_UNICODE_GENERAL_CATEGORY_OPEN_PUNCTUATION, HB_UNICODE_GENERAL_CATEGORY_FORMAT:
            true
        default: false
        }
    }
}
