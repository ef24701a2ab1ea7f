// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage

/// Makes the bytes of an input into UTF-8 with `\n` line ends, or says why they are no text.
enum TextEncoding {
    /// Removes a byte-order mark, converts UTF-16 and unifies line ends, in place where that is possible.
    ///
    /// - Returns: what was changed, or nil.
    static func convert(_ bytes: inout [UInt8], from name: String) throws -> String? {
        var changes: [String] = []
        if bytes.starts(with: [0xFF, 0xFE, 0, 0]) || bytes.starts(with: [0, 0, 0xFE, 0xFF]) {
            throw InputError(
                at: name,
                "is UTF-32",
                expected: "UTF-8, or UTF-16 with a byte-order mark",
                remedy: "Convert it first: iconv -f UTF-32 -t UTF-8"
            )
        } else if bytes.starts(with: [0xFF, 0xFE]) {
            bytes = try decodeUTF16(bytes, isBigEndian: false, from: name)
            changes.append("converted from UTF-16")
        } else if bytes.starts(with: [0xFE, 0xFF]) {
            bytes = try decodeUTF16(bytes, isBigEndian: true, from: name)
            changes.append("converted from UTF-16")
        } else if bytes.starts(with: [0xEF, 0xBB, 0xBF]) {
            bytes.removeFirst(3)
        }
        let unified = unifyLineEnds(&bytes)
        if unified > 0 { changes.append("\(unified) line ends of other systems became \\n") }
        return changes.isEmpty ? nil : changes.joined(separator: "; ")
    }

    /// Refuses what is certainly no text, by its first bytes and by NUL bytes.
    static func refuseBinary(_ bytes: [UInt8], from name: String) throws {
        for (signature, kind, remedy) in signatures where bytes.starts(with: signature) {
            throw InputError(at: "\(name): byte 0", "is \(kind)", expected: "UTF-8 text", remedy: remedy)
        }
        if let offset = bytes.firstIndex(of: 0) {
            throw InputError(
                at: "\(name): byte \(offset)",
                "is 0, which only binary files contain",
                expected: "UTF-8 text",
                remedy: "Extract the text first; UTF-16 text needs a byte-order mark"
            )
        }
    }

    private static let signatures: [(bytes: [UInt8], kind: String, remedy: String)] = [
        (Array("%PDF-".utf8), "a PDF file", "Extract its text first: pdftotext -layout FILE.pdf"),
        ([0x50, 0x4B, 0x03, 0x04], "a ZIP archive or office document", "Export it as text first"),
        ([0x1F, 0x8B], "a gzip archive", "Unpack it first: gunzip"),
        ([0x89, 0x50, 0x4E, 0x47], "a PNG image", "Images are what Glyph makes, not what it reads"),
        ([0xFF, 0xD8, 0xFF], "a JPEG image", "Images are what Glyph makes, not what it reads"),
        ([0x7F, 0x45, 0x4C, 0x46], "a program", "Name its source instead"),
    ]

    /// Turns `\r\n` and lone `\r` into `\n`.
    ///
    /// - Returns: how many line ends changed.
    private static func unifyLineEnds(_ bytes: inout [UInt8]) -> Int {
        guard let first = bytes.firstIndex(of: 0x0D) else { return 0 }
        var changed = 0
        var target = first
        bytes.withUnsafeMutableBufferPointer { buffer in
            var source = first
            while source < buffer.count {
                let isReturn = buffer[source] == 0x0D
                buffer[target] = isReturn ? 0x0A : buffer[source]
                if isReturn {
                    changed += 1
                    if source + 1 < buffer.count, buffer[source + 1] == 0x0A { source += 1 }
                }
                source += 1
                target += 1
            }
        }
        bytes.removeLast(bytes.count - target)
        return changed
    }

    private static func decodeUTF16(_ bytes: [UInt8], isBigEndian: Bool, from name: String) throws -> [UInt8] {
        func fault(_ offset: Int, _ problem: String) -> InputError {
            InputError(at: "\(name): byte \(offset)", problem, expected: "UTF-16 text", remedy: "Save it as UTF-8")
        }
        func unit(_ offset: Int) -> UInt32 {
            let (first, second) = (UInt32(bytes[offset]), UInt32(bytes[offset + 1]))
            return isBigEndian ? first << 8 | second : second << 8 | first
        }
        guard bytes.count % 2 == 0 else { throw fault(bytes.count - 1, "is half a UTF-16 unit") }
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count / 2)
        var offset = 2
        while offset < bytes.count {
            var code = unit(offset)
            var length = 2
            if code & 0xFC00 == 0xD800, offset + 2 < bytes.count, unit(offset + 2) & 0xFC00 == 0xDC00 {
                code = 0x10000 + ((code & 0x3FF) << 10) + (unit(offset + 2) & 0x3FF)
                length = 4
            }
            guard let scalar = Unicode.Scalar(code) else { throw fault(offset, "begins half a surrogate pair") }
            text.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
            offset += length
        }
        return text
    }
}
