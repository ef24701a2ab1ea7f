// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Glibc
import GlyphPage

/// Keeps a second run out of a folder, as long as it lives; the system lets go of it when the process ends, however it
/// ends.
final class RunLock {
    private let descriptor: Int32

    /// Locks a folder by a file in it.
    ///
    /// - Throws: `InputError` where another run has it.
    init(folder: String) throws {
        let file = "\(folder)/lock"
        descriptor = open(file, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o644)
        guard descriptor >= 0 else {
            throw InputError(at: file, "the file cannot be written: \(String(cString: strerror(errno)))")
        }
        // From here on `deinit` closes it, also when this throws; a second time might close somebody else's file.
        // Some network drives have no locks; a run there is not refused.
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK else {
            throw InputError(
                at: folder,
                "another run is using this folder",
                remedy: "Wait until it has ended, or choose another --output"
            )
        }
    }

    deinit {
        guard descriptor >= 0 else { return }
        // Said, not left to closing: a process that is just being started may still have a copy of the descriptor.
        flock(descriptor, LOCK_UN)
        close(descriptor)
    }
}
