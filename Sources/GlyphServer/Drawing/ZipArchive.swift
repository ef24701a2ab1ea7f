// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import CDeflate

/// A zip archive of files that are compressed already, and therefore stored as they are.
///
/// Local headers, files, central directory (APPNOTE.TXT 6.3.10, sections 4.3.7, 4.3.12 and 4.3.16). No time stamps, so
/// that equal pages give equal archives. Sizes stay below the 4 GiB that the plain format holds: limits see to it.
struct ZipArchive {
    private(set) var bytes: [UInt8] = []
    private var directory: [UInt8] = []
    private var count = 0

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
            + Self.number(0, 2) + Self.number(0, 4) + Self.number(bytes.count, 4) + name
        bytes += Self.number(0x0403_4B50, 4) + common + name
        bytes += content
        count += 1
    }

    /// The whole archive.
    func finished() -> [UInt8] {
        bytes + directory + Self.number(0x0605_4B50, 4) + Self.number(0, 2) + Self.number(0, 2)
            + Self.number(count, 2) + Self.number(count, 2) + Self.number(directory.count, 4)
            + Self.number(bytes.count, 4) + Self.number(0, 2)
    }

    private static func number(_ value: Int, _ size: Int) -> [UInt8] {
        (0..<size).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }
}
