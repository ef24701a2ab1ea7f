// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import CDeflate
import NIOCore

/// A zip archive of files that are compressed already, and therefore stored as they are.
///
/// Local headers, files, central directory (APPNOTE.TXT 6.3.10, sections 4.3.7, 4.3.12 and 4.3.16). No time stamps, so
/// that equal pages give equal archives. Sizes stay below the 4 GiB that the plain format holds: limits see to it.
struct ZipArchive {
    private var buffer: ByteBuffer
    private var directory: [UInt8] = []
    private var count = 0

    /// Begins an archive of files that have so many bytes together, for which room is made once.
    init(files: Int, bytes: Int) { buffer = ByteBufferAllocator().buffer(capacity: bytes + 256 * files + 64) }

    mutating func add(_ content: [UInt8], name: String) {
        let crc = cdeflate_crc32(0, content, content.count)
        let name = Array(name.utf8)
        // 1980-01-01, the earliest day that the format knows.
        let common =
            Self.number(20, 2) + Self.number(0, 2) + Self.number(0, 2) + Self.number(0, 2) + Self.number(0x21, 2)
            + Self.number(Int(crc), 4) + Self.number(content.count, 4) + Self.number(content.count, 4)
            + Self.number(name.count, 2) + Self.number(0, 2)
        directory +=
            Self.number(0x0201_4B50, 4) + Self.number(20, 2) + common + Self.number(0, 2) + Self.number(0, 2)
            + Self.number(0, 2) + Self.number(0, 4) + Self.number(buffer.writerIndex, 4) + name
        buffer.writeBytes(Self.number(0x0403_4B50, 4) + common + name)
        buffer.writeBytes(content)
        count += 1
    }

    /// Ends the archive.
    ///
    /// - Returns: All of it.
    mutating func finish() -> ByteBuffer {
        let start = buffer.writerIndex
        buffer.writeBytes(directory)
        buffer.writeBytes(
            Self.number(0x0605_4B50, 4) + Self.number(0, 2) + Self.number(0, 2) + Self.number(count, 2)
                + Self.number(count, 2) + Self.number(directory.count, 4) + Self.number(start, 4) + Self.number(0, 2)
        )
        return buffer
    }

    private static func number(_ value: Int, _ size: Int) -> [UInt8] {
        (0..<size).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }
}
