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

/// An open file, pipe or terminal, borrowed for as long as it is read.
struct ByteSource {
    let descriptor: Int32
    let name: String
    let limit: Int

    /// Everything up to the end.
    ///
    /// A file is read into one array of its exact size. Sizes are not known for pipes, wrong for `/proc` and change
    /// while a log grows, so what a size promises is only where reading starts from.
    func readAll() throws -> [UInt8] {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw DocumentReader.fault(name, errno) }
        guard status.st_mode & S_IFMT != S_IFDIR else { throw DocumentReader.fault(name, EISDIR) }
        let size = status.st_mode & S_IFMT == S_IFREG ? Int(status.st_size) : 0
        guard size <= limit else { throw tooLarge("\(size) bytes") }
        var bytes = try next(size)
        while true {
            let more = try next(max(1 << 16, bytes.count / 4))
            if more.isEmpty { return bytes }
            guard bytes.count + more.count <= limit else { throw tooLarge("more than \(limit) bytes") }
            bytes += more
        }
    }

    /// The first bytes of a file, without moving on; nil for what can be read only once.
    func peek(_ count: Int) -> [UInt8]? {
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        return [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            filled = max(0, pread(descriptor, buffer.baseAddress, count, 0))
        }
    }

    /// The size that a file claims to have, 0 for other inputs.
    var size: Int {
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return 0 }
        return Int(status.st_size)
    }

    /// The next `count` bytes, fewer only at the end of the input.
    private func next(_ count: Int) throws -> [UInt8] {
        try [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            while filled < count {
                guard let base = buffer.baseAddress else { return }
                let got = read(descriptor, base + filled, count - filled)
                if got < 0 && errno == EINTR { continue }
                guard got >= 0 else { throw DocumentReader.fault(name, errno) }
                if got == 0 { return }
                filled += got
            }
        }
    }

    private func tooLarge(_ size: String) -> InputError {
        InputError(
            at: name,
            "has \(size)",
            expected: "at most \(limit)",
            remedy: "Split it, for example with split -C 500M, and read one piece at a time"
        )
    }
}
