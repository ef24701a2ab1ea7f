// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

/// Text that needs no care: visible ASCII without mark-up, in which words may be joined by single spaces.
enum PlainBytes {
    /// The end of such a stretch.
    static func end(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
        guard isPlain(bytes, start) else { return start }
        var index = endOfEights(bytes, from: start)
        // What may follow a space is not known yet.
        if index > start, bytes[index - 1] == 0x20 { index -= 1 }
        while true {
            if isPlain(bytes, index) {
                index += 1
            } else if index > start, index < bytes.count, bytes[index] == 0x20, isPlain(bytes, index + 1) {
                index += 2
            } else {
                return index
            }
        }
    }

    private static func isPlain(_ bytes: UnsafeBufferPointer<UInt8>, _ index: Int) -> Bool {
        guard index < bytes.count else { return false }
        let byte = bytes[index]
        return byte > 0x20 && byte < 0x7F && byte != 0x26 && byte != 0x3C && byte != 0x3E
    }

    /// Where eight bytes in a row first hold something else, or nearly; most text holds nothing else, and a branch for
    /// every word's end is hard to foresee.
    private static func endOfEights(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
        let raw = UnsafeRawBufferPointer(bytes)
        var index = start
        while index + 9 <= raw.count {
            let eight = raw.loadUnaligned(fromByteOffset: index, as: UInt64.self)
            let following = raw.loadUnaligned(fromByteOffset: index + 1, as: UInt64.self)
            let doubleSpaces = zeros(eight ^ all(0x20)) & zeros(following ^ all(0x20))
            guard others(eight) | doubleSpaces == 0 else { break }
            index += 8
        }
        return index
    }

    /// The highest bit of bytes that are not visible ASCII or a space, or stand for mark-up: `&`, `<`, `>`.
    @inline(__always)
    private static func others(_ bytes: UInt64) -> UInt64 {
        let controls = (bytes &- all(0x20)) & ~bytes | bytes
        // `<` and `>` differ in one bit.
        return controls & all(0x80) | zeros(bytes ^ all(0x26)) | zeros((bytes | all(2)) ^ all(0x3E))
            | zeros(bytes ^ all(0x7F))
    }

    /// The highest bit of each byte that is zero; above such a byte, of one that is 1 as well.
    @inline(__always)
    private static func zeros(_ bytes: UInt64) -> UInt64 { (bytes &- all(1)) & ~bytes & all(0x80) }

    @inline(__always)
    private static func all(_ byte: UInt8) -> UInt64 { 0x0101_0101_0101_0101 &* UInt64(byte) }
}
