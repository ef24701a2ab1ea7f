// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import CDeflate
import GlyphEngine

/// Small PNG files made on the spot.
enum TestImages {
    /// A grey image of one shade; one that only claims its size has a single row.
    static func png(shade: UInt8, width: Int = 16, height: Int = 16, claimed: Bool = false) -> [UInt8] {
        if claimed { return png(width: width, height: height, depth: 8, color: 0, rows: [0, shade]) }
        let row = [0] + [UInt8](repeating: shade, count: width)
        return png(width: width, height: height, depth: 8, color: 0, rows: (0..<height).flatMap { _ in row })
    }

    /// A PNG file around rows that begin with their filter byte.
    static func png(width: Int, height: Int, depth: UInt8, color: UInt8, rows: [UInt8], extra: [UInt8] = []) -> [UInt8]
    {
        var compressed = [UInt8](repeating: 0, count: cdeflate_bound(rows.count))
        var scratch = [UInt8](repeating: 0, count: cdeflate_scratch_size())
        let count = cdeflate_zlib(rows, rows.count, &compressed, compressed.count, &scratch)
        return [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
            + chunk("IHDR", bigEndian(width) + bigEndian(height) + [depth, color, 0, 0, 0])
            + extra + chunk("IDAT", Array(compressed.prefix(count))) + chunk("IEND", [])
    }

    static func chunk(_ type: String, _ payload: [UInt8]) -> [UInt8] {
        let body = Array(type.utf8) + payload
        return bigEndian(payload.count) + body + bigEndian(Int(cdeflate_crc32(0, body, body.count)))
    }

    static func file(shade: UInt8, width: Int = 16, height: Int = 16) throws -> ImageFile {
        try ImageFile(png(shade: shade, width: width, height: height))
    }

    private static func bigEndian(_ value: Int) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
    }
}
