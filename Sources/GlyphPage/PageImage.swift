// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

/// A finished page as pixels, rows from the top, without padding.
public struct PageImage: Sendable, Equatable {
    public enum Format: Sendable, Equatable {
        /// One byte a pixel, 0 black to 255 white.
        case grey
        /// Three bytes a pixel: red, green, blue.
        case rgb
    }

    public var width: Int
    public var height: Int
    public var format: Format
    /// `width × height` pixels of `format`.
    public var pixels: [UInt8]

    public init(width: Int, height: Int, format: Format, pixels: [UInt8]) {
        self.width = width
        self.height = height
        self.format = format
        self.pixels = pixels
    }
}
