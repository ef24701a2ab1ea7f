// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A file that is written piece by piece under a temporary name and gets its real one only when it is complete.
///
/// Without `finish` nothing of it is left, and a file that had the name keeps it.
package final class CompleteFile {
    private let descriptor: Int32
    /// Its temporary name, which ends with `.part`.
    package let part: String
    private let path: String
    private var isFinished = false

    /// - Throws: `InputError` naming the file and the system's reason, as the other operations do.
    package init(_ path: String) throws {
        let start = path.utf8.lastIndex(of: UInt8(ascii: "/")).map { path.index(after: $0) } ?? path.startIndex
        self.path = path
        part = "\(path[..<start]).\(path[start...]).part"
        descriptor = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw Self.fault(path, errno) }
    }

    deinit {
        guard !isFinished else { return }
        close(descriptor)
        unlink(part)
    }

    package func append(_ bytes: [UInt8]) throws { try bytes.withUnsafeBytes { try append($0) } }

    package func append(_ bytes: UnsafeRawBufferPointer) throws {
        let number = WholeWrite.write(bytes, to: descriptor)
        guard number == 0 else { throw Self.fault(path, number) }
    }

    /// Closes the file and gives it its name, or leaves that to whoever knows `part`.
    package func finish(named: Bool = true) throws {
        isFinished = true
        // Some file systems report a full disk only here.
        guard close(descriptor) == 0, !named || rename(part, path) == 0 else {
            let number = errno
            unlink(part)
            throw Self.fault(path, number)
        }
    }

    private static func fault(_ path: String, _ number: Int32) -> InputError {
        InputError(
            at: path,
            "cannot be written: \(String(cString: strerror(number)))",
            remedy: number == ENOSPC ? "Make room on the disk" : nil
        )
    }
}
