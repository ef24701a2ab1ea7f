// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

/// Eight bytes at a time of text that needs no care: a branch for every word's end is hard to foresee, and most text
/// consists of nothing else.
enum PlainBytes {
    /// Where eight bytes in a row are first more than visible ASCII without mark-up and single spaces, or the text nearly
    /// ends; at most a few bytes too early.
    static func end(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
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
