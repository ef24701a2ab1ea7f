// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

/// A zip archive of entries that are not compressed.
enum StoredZip {
    struct Entry {
        var name: String
        var content: [UInt8]

        init(_ name: String, _ content: [UInt8]) { (self.name, self.content) = (name, content) }
        init(_ name: String, _ text: String) { self.init(name, Array(text.utf8)) }
    }

    /// The bytes of an archive.
    static func bytes(_ entries: [Entry]) -> [UInt8] {
        var files: [UInt8] = []
        var directory: [UInt8] = []
        for entry in entries {
            let offset = files.count
            let name = Array(entry.name.utf8)
            files += little(0x0403_4B50, 4)
            files += header(of: entry)
            files += name + entry.content
            directory += little(0x0201_4B50, 4)
            directory += little(20, 2)
            directory += header(of: entry)
            // No comment, the first disk, no attributes.
            directory += little(0, 10)
            directory += little(offset, 4)
            directory += name
        }
        var end = little(0x0605_4B50, 4)
        end += little(0, 4)
        end += little(entries.count, 2)
        end += little(entries.count, 2)
        end += little(directory.count, 4)
        end += little(files.count, 4)
        end += little(0, 2)
        return files + directory + end
    }

    /// What an entry's own header and the directory's have in common.
    private static func header(of entry: Entry) -> [UInt8] {
        // Version 2.0, no flags, not compressed, no time.
        var header = little(20, 10)
        header += little(checksum(entry.content), 4)
        header += little(entry.content.count, 4)
        header += little(entry.content.count, 4)
        header += little(entry.name.utf8.count, 2)
        header += little(0, 2)
        return header
    }

    private static func little(_ value: Int, _ count: Int) -> [UInt8] {
        (0..<count).map { $0 < 8 ? UInt8(truncatingIfNeeded: value >> (8 * $0)) : 0 }
    }

    /// CRC-32.
    private static func checksum(_ bytes: [UInt8]) -> Int {
        var sum: UInt32 = 0xFFFF_FFFF
        for byte in bytes {
            sum ^= UInt32(byte)
            for _ in 0..<8 { sum = sum & 1 == 1 ? (sum >> 1) ^ 0xEDB8_8320 : sum >> 1 }
        }
        return Int(~sum)
    }
}
