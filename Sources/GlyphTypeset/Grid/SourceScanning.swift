// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

/// Reads single scalars from bytes known to be UTF-8, which `String` views cannot do at a byte offset for free.
enum UTF8Decoding {
    /// The scalar that starts at `offset` and its length in bytes.
    ///
    /// Bytes that are no UTF-8 after all (`SourceText(sameLength:)` trusts its caller) read as U+FFFD, one by one.
    @inline(__always)
    static func scalar(in bytes: UnsafeBufferPointer<UInt8>, at offset: Int) -> (scalar: Unicode.Scalar, length: Int) {
        let first = bytes[offset]
        if first < 0x80 { return (Unicode.Scalar(first), 1) }
        let length = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
        guard first >= 0xC2, offset + length <= bytes.count else { return ("\u{FFFD}", 1) }
        var value = UInt32(first) & (0x7F >> UInt32(length))
        for i in 1..<length { value = value << 6 | UInt32(bytes[offset + i] & 0x3F) }
        guard let scalar = Unicode.Scalar(value) else { return ("\u{FFFD}", 1) }
        return (scalar, length)
    }
}

/// Counts lines the way every layout ends them: at `\n`, `\r\n` and a lone `\r`.
enum LineEnds {
    /// The number of lines; text after the last line end counts as one more, and empty text as one.
    static func lineCount(of bytes: UnsafeBufferPointer<UInt8>) -> Int {
        var count = 0
        var previous: UInt8 = 0
        for byte in bytes {
            if byte == 0x0D || (byte == 0x0A && previous != 0x0D) { count += 1 }
            previous = byte
        }
        return count + (previous == 0x0A || previous == 0x0D ? 0 : 1)
    }
}
