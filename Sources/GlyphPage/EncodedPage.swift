// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

/// A finished page as a PNG file in memory, ready to be written or sent to a reader.
public struct EncodedPage: Sendable {
    /// The page number, counted from 1.
    public var number: Int
    /// The width in pixels.
    public var width: Int
    /// The height in pixels.
    public var height: Int
    /// The bytes of the PNG file.
    public var png: [UInt8]

    public init(number: Int, width: Int, height: Int, png: [UInt8]) {
        self.number = number
        self.width = width
        self.height = height
        self.png = png
    }
}
