// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A file's bytes in memory, read by the system when they are first touched.
///
/// Pages are private: a write into a tensor over them stays in this process. The file must not become shorter while it
/// is mapped; replacing it by a new one (a rename) is safe.
final class MappedFile: Sendable {
    let path: String
    private let start: UInt
    private let length: Int

    init(path: String) throws(InputError) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Self.fault(path, "cannot be opened", errno) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw Self.fault(path, "cannot be examined", errno) }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw InputError(at: path, "is not a regular file", expected: "a safetensors file")
        }
        let length = Int(status.st_size)
        self.path = path
        self.length = length
        guard length > 0 else {
            start = 0
            return
        }
        let memory = mmap(nil, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_NORESERVE, descriptor, 0)
        guard let memory, memory != MAP_FAILED else { throw Self.fault(path, "cannot be mapped", errno) }
        start = UInt(bitPattern: memory)
    }

    deinit { if length > 0 { munmap(UnsafeMutableRawPointer(bitPattern: start), length) } }

    /// All bytes; valid while the file is retained.
    var bytes: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: UnsafeRawPointer(bitPattern: start), count: length)
    }

    /// Asks the system to read a range ahead of its use.
    func prefetch(_ range: Range<Int>) {
        let page = Int(sysconf(Int32(_SC_PAGESIZE)))
        let first = range.lowerBound / page * page
        guard range.upperBound <= length, let base = UnsafeMutableRawPointer(bitPattern: start + UInt(first)) else {
            return
        }
        madvise(base, range.upperBound - first, MADV_WILLNEED)
    }

    private static func fault(_ path: String, _ problem: String, _ code: Int32) -> InputError {
        InputError(at: path, "\(problem): \(String(cString: strerror(code)))")
    }
}
