// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Waits until something is on the disk: without that a power cut may leave a name with nothing, or half of it, behind it.
package enum DiskSync {
    /// The content of a file, or the names in a folder.
    ///
    /// - Returns: 0, or the system's error number where the disk did not take it.
    package static func wait(for path: String) -> Int32 {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return errno }
        defer { close(descriptor) }
        return wait(for: descriptor)
    }

    /// The same of one that is open.
    package static func wait(for descriptor: Int32) -> Int32 {
        while fsync(descriptor) != 0 {
            // EINVAL: a file system that has nothing of the kind for folders; more than this cannot be done there.
            if errno == EINVAL { return 0 }
            guard errno == EINTR else { return errno }
        }
        return 0
    }
}
