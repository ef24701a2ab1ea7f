// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

/// An opaque 8-bit sRGB colour.
public struct Color: Sendable, Hashable, CustomStringConvertible {
    public var red: UInt8
    public var green: UInt8
    public var blue: UInt8

    public init(red: UInt8, green: UInt8, blue: UInt8) {
        self.red = red
        self.green = green
        self.blue = blue
    }

    public static let black = Color(red: 0, green: 0, blue: 0)
    public static let white = Color(red: 255, green: 255, blue: 255)

    /// Whether the three channels agree, so that one byte a pixel is enough.
    public var isGrey: Bool { red == green && green == blue }

    /// The colour halfway to another.
    package func mixed(with other: Color) -> Color {
        func middle(_ a: UInt8, _ b: UInt8) -> UInt8 { UInt8((Int(a) + Int(b)) / 2) }
        return Color(red: middle(red, other.red), green: middle(green, other.green), blue: middle(blue, other.blue))
    }

    /// Reads `#RRGGBB` (with or without `#`), or returns nil when the text is anything else.
    public init?(hex: String) {
        var value: UInt32 = 0
        var count = 0
        for (index, byte) in hex.utf8.enumerated() {
            if index == 0, byte == UInt8(ascii: "#") { continue }
            guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue, count < 6 else { return nil }
            value = value << 4 | UInt32(digit)
            count += 1
        }
        guard count == 6 else { return nil }
        self.init(red: UInt8(value >> 16), green: UInt8(value >> 8 & 255), blue: UInt8(value & 255))
    }

    public var description: String {
        let number = UInt32(red) << 16 | UInt32(green) << 8 | UInt32(blue)
        let digits = String(number, radix: 16, uppercase: true)
        return "#" + String(repeating: "0", count: 6 - digits.utf8.count) + digits
    }
}
