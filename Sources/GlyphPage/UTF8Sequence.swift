// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

/// Decoding of text that is already known to be valid UTF-8.
public enum UTF8Sequence {
    /// The scalar of valid UTF-8 that starts at `index`, and its length in bytes.
    @inlinable
    public static func scalar(in bytes: UnsafeBufferPointer<UInt8>, at index: Int) -> (value: UInt32, length: Int) {
        let first = UInt32(bytes[index])
        func tail(_ offset: Int) -> UInt32 { UInt32(bytes[index + offset]) & 0x3F }
        switch first {
        case ..<0x80: return (first, 1)
        case ..<0xE0: return ((first & 0x1F) << 6 | tail(1), 2)
        case ..<0xF0: return ((first & 0x0F) << 12 | tail(1) << 6 | tail(2), 3)
        default: return ((first & 0x07) << 18 | tail(1) << 12 | tail(2) << 6 | tail(3), 4)
        }
    }

    /// The number of bytes a scalar takes.
    @inlinable
    public static func length(of scalar: UInt32) -> Int {
        scalar < 0x80 ? 1 : scalar < 0x800 ? 2 : scalar < 0x10000 ? 3 : 4
    }
}
