// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A file's bytes mapped into memory, private to this process: pages are read when they are touched.
///
/// The mapping is copy-on-write, so writing into a tensor over it never reaches the file.
package final class MappedFile: Sendable {
    private let start: UInt
    package let count: Int

    package var bytes: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: UnsafeRawPointer(bitPattern: start), count: count)
    }

    /// Maps a file.
    ///
    /// - Throws: `InputError`, which says that `expected` was, if the file is empty or cannot be read or mapped.
    package init(_ path: String, expected: String) throws {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw InputError(at: path, "the file cannot be read", expected: expected) }
        defer { close(file) }
        let size = lseek(file, 0, SEEK_END)
        guard size > 0 else { throw InputError(at: path, "the file is empty", expected: expected) }
        let address = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_PRIVATE, file, 0)
        guard let address, address != MAP_FAILED else {
            throw InputError(at: path, "the file cannot be mapped into memory", expected: "a regular file")
        }
        start = UInt(bitPattern: address)
        count = size
    }

    /// Gives back the memory of the whole pages in a range, which nothing has written to: they are read again if touched.
    package func release(_ range: Range<Int>) {
        let page = Int(sysconf(Int32(_SC_PAGESIZE)))
        let first = (range.lowerBound + page - 1) / page * page
        let end = range.upperBound / page * page
        guard first < end else { return }
        madvise(UnsafeMutableRawPointer(bitPattern: start + UInt(first)), end - first, MADV_DONTNEED)
    }

    deinit { munmap(UnsafeMutableRawPointer(bitPattern: start), count) }
}
