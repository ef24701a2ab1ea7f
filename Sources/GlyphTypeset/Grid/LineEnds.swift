// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

/// Counts lines as the grid layout ends them: at `\n`, `\r\n` and a lone `\r`.
///
/// The unicode layout also ends lines elsewhere, and counts them by `ParagraphScanner`.
enum LineEnds {
    /// Whether a byte is the last one of a line end.
    static func isEnd(_ byte: UInt8) -> Bool { byte == 0x0A || byte == 0x0D }

    /// The number of lines; text after the last line end counts as one more, and empty text as one.
    static func lineCount(of bytes: UnsafeBufferPointer<UInt8>) -> Int {
        var count = 0
        var previous: UInt8 = 0
        for byte in bytes {
            if byte == 0x0D || (byte == 0x0A && previous != 0x0D) { count += 1 }
            previous = byte
        }
        return count + (isEnd(previous) ? 0 : 1)
    }
}
