// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Bytes that stay where they are as long as this lives: of a mapped file or copied.
package final class ResourceBytes: @unchecked Sendable {
    package let raw: UnsafeRawBufferPointer
    private let isMapped: Bool

    init(mapped: UnsafeRawBufferPointer) { (raw, isMapped) = (mapped, true) }

    /// A copy, aligned for numbers of every size.
    package init(_ bytes: [UInt8]) {
        let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 16)
        copy.copyBytes(from: bytes)
        (raw, isMapped) = (UnsafeRawBufferPointer(copy), false)
    }

    deinit {
        guard isMapped else { return raw.deallocate() }
        munmap(UnsafeMutableRawPointer(mutating: raw.baseAddress), raw.count)
    }
}
