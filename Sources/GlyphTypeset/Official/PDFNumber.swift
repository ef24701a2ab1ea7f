// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Foundation

/// The two roundings a number takes on its way from reportlab through a PDF file into poppler.
///
/// Pixel equality needs both: reportlab prints few decimals, and poppler sums the decimals it reads in floating point
/// instead of converting correctly.
enum PDFNumber {
    /// The value poppler computes from the text reportlab writes for `value`.
    static func written(_ value: Double) -> Double {
        if value == value.rounded(), abs(value) < 1e6 { return value }
        return parse(format(value))
    }

    /// Formats like reportlab's `fp_str` (reportlab/lib/rl_accel.py): at most six significant decimals.
    static func format(_ value: Double) -> String {
        let magnitude = abs(value)
        if magnitude <= 1e-7 { return "0" }
        let decimals = magnitude <= 1 ? 6 : min(max(0, 6 - Int(log(magnitude) / log(10))), 6)
        var text = Substring(String(format: "%.\(decimals)f", value))
        if decimals > 0 {
            while text.last == "0" { text.removeLast() }
            if text.last == "." { text.removeLast() }
        }
        if text.first == "0", text.count > 1 { text.removeFirst() }
        return String(text)
    }

    /// Reads like poppler's `Lexer::getObj`: the integer part exactly, then digit by digit with a shrinking scale.
    static func parse(_ text: String) -> Double {
        var value = 0.0
        var scale = 0.1
        var negative = false
        var fraction = false
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "-"): negative = true
            case UInt8(ascii: "."): fraction = true
            default:
                let digit = Double(byte) - 48
                if fraction {
                    value += scale * digit
                    scale *= 0.1
                } else {
                    value = value * 10 + digit
                }
            }
        }
        return negative ? -value : value
    }
}
