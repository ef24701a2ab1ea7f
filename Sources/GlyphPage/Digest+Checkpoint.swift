// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

extension Digest {
    /// Tells checkpoints apart without reading gigabytes.
    ///
    /// All `.json` files count with their content, all `.safetensors` files with their size and age: a copy with another
    /// age is another checkpoint. Where the folder lies does not count.
    ///
    /// - Parameters:
    ///   - folder: The checkpoint's; it and its files may be links, as in a cache of downloads.
    ///   - way: How it computes, which is a part of what it is.
    /// - Returns: 64 lower-case hexadecimal digits.
    /// - Throws: `InputError` when the folder or one of these files cannot be read.
    package static func ofCheckpoint(in folder: String, computing way: String) throws -> String {
        var facts = "\(way)\n"
        for name in try names(in: folder).sorted() {
            let path = "\(folder)/\(name)"
            if name.hasSuffix(".json") {
                facts += "\(name) \(try sha256(ofFile: path))\n"
            } else if name.hasSuffix(".safetensors") {
                facts += "\(name) \(try sizeAndAge(of: path))\n"
            }
        }
        return sha256(Array(facts.utf8))
    }

    private static func names(in folder: String) throws -> [String] {
        guard let stream = opendir(folder) else { throw unreadable(folder) }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            names.append(
                withUnsafeBytes(of: &entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
            )
        }
        return names
    }

    /// In bytes, and in seconds and nanoseconds since 1970; of the file itself where the path is a link.
    private static func sizeAndAge(of path: String) throws -> String {
        var facts = stat()
        guard stat(path, &facts) == 0 else { throw unreadable(path) }
        #if canImport(Darwin)
            let changed = facts.st_mtimespec
        #else
            let changed = facts.st_mtim
        #endif
        return "\(facts.st_size) \(changed.tv_sec).\(changed.tv_nsec)"
    }

    private static func unreadable(_ path: String) -> InputError {
        InputError(at: path, "cannot be read: \(String(cString: strerror(errno)))")
    }
}
