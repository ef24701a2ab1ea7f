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
        // Beyond the digits of a Double there is nothing to round.
        guard magnitude < 1e15 else { return String(format: "%.0f", value) }
        var digits = Array(String(rounded(magnitude, decimals: decimals)).utf8)
        if digits.count <= decimals {
            digits.insert(contentsOf: repeatElement(0x30, count: decimals + 1 - digits.count), at: 0)
        }
        digits.insert(0x2E, at: digits.count - decimals)
        while digits.last == 0x30, decimals > 0 { digits.removeLast() }
        if digits.last == 0x2E { digits.removeLast() }
        // As in reportlab, the zero before the point goes, but not from a negative number.
        if digits.first == 0x30, digits.count > 1, value > 0 { digits.removeFirst() }
        return (value < 0 ? "-" : "") + String(decoding: digits, as: UTF8.self)
    }

    /// A number below 10⁷ times a power of ten, rounded as C's `printf` rounds: the exact product, halves to even.
    private static func rounded(_ value: Double, decimals: Int) -> Int {
        var scale = 1.0
        for _ in 0..<decimals { scale *= 10 }
        let product = value * scale
        // What the multiplication lost, exactly.
        let rest = (-product).addingProduct(value, scale)
        let nearest = product.rounded(.toNearestOrEven)
        let distance = product - nearest
        if distance == 0.5 { return Int(nearest) + (rest > 0 ? 1 : 0) }
        if distance == -0.5 { return Int(nearest) - (rest < 0 ? 1 : 0) }
        return Int(nearest)
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
