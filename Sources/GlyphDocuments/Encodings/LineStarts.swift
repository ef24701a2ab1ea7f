// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

/// Where the lines of a file start, for text that is not stored as it will be shown.
enum LineStarts {
    /// The offsets of all lines and of the end, in the file; empty for files too large for 32 bits.
    ///
    /// - Parameters:
    ///   - bytes: the file, or what follows its byte-order mark.
    ///   - encoding: every encoding but UTF-16 and UTF-32 writes a line feed as one byte that means nothing else.
    ///   - offset: the length of the byte-order mark.
    /// - Returns: one offset more than there are line ends, and the end.
    static func of(_ bytes: [UInt8], in encoding: String = "UTF-8", offset: Int) -> [UInt32] {
        guard bytes.count < Int(UInt32.max) else { return [] }
        let unit = encoding.hasPrefix("UTF-16") ? 2 : encoding.hasPrefix("UTF-32") ? 4 : 1
        // In files that are read whole the mark is still in front.
        var index = unit == 1 ? 0 : offset
        let base = unit == 1 ? UInt32(offset) : 0
        let last = encoding.hasSuffix("BE") ? unit - 1 : 0
        var starts = [UInt32(index) + base]
        bytes.withUnsafeBufferPointer { buffer in
            func value(at index: Int) -> UInt8? {
                guard index + unit <= buffer.count else { return nil }
                let isASCII = unit == 1 || (0..<unit).allSatisfy { $0 == last || buffer[index + $0] == 0 }
                return isASCII ? buffer[index + last] : nil
            }
            while index < buffer.count {
                let byte = value(at: index)
                index += unit
                if byte == 0x0A || (byte == 0x0D && value(at: index) != 0x0A) { starts.append(UInt32(index) + base) }
            }
        }
        starts.append(UInt32(bytes.count) + base)
        return starts
    }
}
