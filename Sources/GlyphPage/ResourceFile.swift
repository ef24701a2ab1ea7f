// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Reads and writes whole files without Foundation, whose first use costs more than loading the tokenizer.
package enum ResourceFile {
    /// The content of a file or a pipe, or nothing if it cannot be read.
    package static func read(_ path: String) -> [UInt8]? {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var facts = stat()
        guard fstat(file, &facts) == 0 else { return nil }
        // What has no size, as a pipe, is read until nothing comes.
        let size = facts.st_mode & S_IFMT == S_IFREG ? Int(facts.st_size) : 0
        guard size == 0 else { return readUp(to: size, file) }
        var content: [UInt8] = []
        while let more = readUp(to: 1 << 16, file) {
            guard !more.isEmpty else { return content }
            content += more
        }
        return nil
    }

    /// The next bytes of a file, fewer than `size` only at its end, or nothing if they cannot be read.
    private static func readUp(to size: Int, _ file: Int32) -> [UInt8]? {
        var failed = false
        let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            while count < size, let base = buffer.baseAddress {
                let step = Self.readSome(file, base + count, size - count)
                failed = step < 0
                guard step > 0 else { break }
                count += step
            }
        }
        return failed ? nil : bytes
    }

    /// Whether there is nothing of that name.
    package static func isMissing(_ path: String) -> Bool { access(path, F_OK) != 0 && errno == ENOENT }

    /// Whether there is a file that may be read.
    package static func exists(_ path: String) -> Bool {
        access(path, R_OK) == 0
    }

    /// Writes a small file, replacing one that is there only when the new one is complete.
    ///
    /// - Throws: `InputError` naming the file and the system's reason.
    package static func write(_ bytes: [UInt8], to path: String) throws {
        let file = try CompleteFile(path)
        try file.append(bytes)
        try file.finish()
    }

    private static func readSome(_ file: Int32, _ buffer: UnsafeMutablePointer<UInt8>, _ count: Int) -> Int {
        #if canImport(Glibc)
            Glibc.read(file, buffer, count)
        #elseif canImport(Musl)
            Musl.read(file, buffer, count)
        #else
            Darwin.read(file, buffer, count)
        #endif
    }
}
