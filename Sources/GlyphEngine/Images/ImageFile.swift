// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import CImageCodecs
package import GlyphPage

/// A PNG, JPEG or WebP file in memory whose header has been read.
///
/// Files are kept compressed until the model looks at them: pages of text are twenty times larger as pixels.
package struct ImageFile: Sendable {
    /// The bytes of the file.
    package let bytes: [UInt8]
    /// SHA-256 of the bytes; images are known by it.
    package let digest: String
    /// The width in pixels.
    package let width: Int
    /// The height in pixels.
    package let height: Int
    private let format: Int32
    private let channels: Int

    /// Reads the header.
    ///
    /// - Parameters:
    ///   - bytes: The file.
    ///   - location: Where it came from, for messages.
    /// - Throws: `InputError` for a file that is none of the three formats or whose header is damaged.
    package init(_ bytes: [UInt8], at location: String = "image") throws {
        format = cimage_format(bytes, bytes.count)
        guard format != CIMAGE_UNKNOWN else {
            throw InputError(at: location, "not an image that can be read", expected: "a PNG, JPEG or WebP file")
        }
        var info = cimage_info()
        guard cimage_read_header(format, bytes, bytes.count, &info) == 0 else {
            throw Self.damaged(format, info, at: location)
        }
        guard info.width > 0, info.height > 0 else {
            throw InputError(at: location, "the image has no pixels")
        }
        self.bytes = bytes
        digest = Digest.sha256(bytes)
        width = Int(info.width)
        height = Int(info.height)
        channels = Int(info.channels)
    }

    /// Decodes the file: grey where every pixel is grey, RGB otherwise; transparent pixels are laid over white.
    ///
    /// - Throws: `InputError` for a damaged or cut file.
    package func decode(at location: String = "image") throws -> PageImage {
        var info = cimage_info()
        (info.width, info.height, info.channels) = (UInt32(width), UInt32(height), UInt32(channels))
        var status: Int32 = 0
        let pixels = [UInt8](unsafeUninitializedCapacity: width * height * channels) { buffer, count in
            status = cimage_decode(format, bytes, bytes.count, &info, buffer.baseAddress)
            count = status == 0 ? width * height * channels : 0
        }
        guard status == 0 else { throw Self.damaged(format, info, at: location) }
        return PageImage(width: width, height: height, format: channels == 1 ? .grey : .rgb, pixels: pixels)
    }

    private static func damaged(_ format: Int32, _ info: cimage_info, at location: String) -> InputError {
        let name = [CIMAGE_PNG: "PNG", CIMAGE_JPEG: "JPEG", CIMAGE_WEBP: "WebP"][format] ?? "image"
        let words = withUnsafeBytes(of: info.message) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        return InputError(at: location, "the \(name) file cannot be read: \(words)")
    }
}
