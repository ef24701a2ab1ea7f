// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

/// What the first bytes of a PNG file say (PNG specification, sections 5.2 and 11.2.2).
package struct PNGHeader: Sendable, Equatable {
    /// The width in pixels.
    package var width: Int
    /// The height in pixels.
    package var height: Int

    private static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

    /// Reads a file's signature and size; nil for bytes that are no PNG file.
    package init?(_ file: [UInt8]) {
        guard file.count > 24, file.starts(with: Self.signature) else { return nil }
        func bigEndian(at offset: Int) -> Int { file[offset..<offset + 4].reduce(0) { $0 << 8 | Int($1) } }
        (width, height) = (bigEndian(at: 16), bigEndian(at: 20))
    }
}
