// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Glibc
import GlyphPage

/// Waits until something is on the disk: without that a power cut may leave a name with nothing, or half of it, behind it.
enum DiskSync {
    /// The content of a file, or the names in a folder.
    ///
    /// - Throws: `InputError` where the disk did not take it.
    static func wait(for path: String) throws {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw fault(path) }
        defer { close(descriptor) }
        while fsync(descriptor) != 0 {
            // EINVAL: a file system that has nothing of the kind for folders; more than this cannot be done there.
            if errno == EINVAL { return }
            guard errno == EINTR else { throw fault(path) }
        }
    }

    private static func fault(_ path: String) -> InputError {
        InputError(at: path, "the disk did not take it: \(String(cString: strerror(errno)))")
    }
}
