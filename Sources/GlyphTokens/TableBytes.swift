// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage

/// The bytes that tables lie in, which stay where they are as long as this lives: of a mapped file or copied.
final class TableBytes: @unchecked Sendable {
    let raw: UnsafeRawBufferPointer
    /// The file whose memory it is, if it is not this one's own.
    private let file: MappedFile?

    init(_ file: MappedFile) { (raw, self.file) = (file.bytes, file) }

    /// A copy, aligned for numbers of every size.
    init(_ bytes: [UInt8]) {
        let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 16)
        copy.copyBytes(from: bytes)
        (raw, file) = (UnsafeRawBufferPointer(copy), nil)
    }

    deinit { if file == nil { raw.deallocate() } }
}
