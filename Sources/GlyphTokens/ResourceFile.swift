// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Reads a whole file without Foundation, whose first use costs more than loading the tokenizer.
package enum ResourceFile {
    /// The content of a file, or nothing if it cannot be read.
    package static func read(_ path: String) -> [UInt8]? {
        let file = open(path, O_RDONLY)
        guard file >= 0 else { return nil }
        defer { close(file) }
        let size = lseek(file, 0, SEEK_END)
        guard size >= 0, lseek(file, 0, SEEK_SET) == 0 else { return nil }
        var isWhole = true
        let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            while count < size, let base = buffer.baseAddress {
                let step = Self.readSome(file, base + count, size - count)
                guard step > 0 else { break }
                count += step
            }
            isWhole = count == size
        }
        return isWhole ? bytes : nil
    }

    /// Whether there is a file that may be read.
    package static func exists(_ path: String) -> Bool {
        access(path, R_OK) == 0
    }

    /// Writes a small file, replacing one that is there only when the new one is complete.
    package static func write(_ bytes: [UInt8], to path: String) throws {
        let partial = path + ".partial"
        let file = open(partial, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
        guard file >= 0 else { throw InputError(at: path, "the file cannot be written") }
        var rest = bytes[...]
        while !rest.isEmpty {
            let step = rest.withUnsafeBytes { Self.writeSome(file, $0) }
            guard step > 0 else { break }
            rest = rest.dropFirst(step)
        }
        guard close(file) == 0, rest.isEmpty, rename(partial, path) == 0 else {
            unlink(partial)
            throw InputError(at: path, "the file cannot be written", remedy: "Is the disk full?")
        }
    }

    private static func writeSome(_ file: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
        #if canImport(Glibc)
            Glibc.write(file, bytes.baseAddress, bytes.count)
        #elseif canImport(Musl)
            Musl.write(file, bytes.baseAddress, bytes.count)
        #else
            Darwin.write(file, bytes.baseAddress, bytes.count)
        #endif
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
