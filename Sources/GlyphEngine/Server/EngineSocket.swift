// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Foundation
import GlyphHTTP
import GlyphPage
import Synchronization

/// The Unix socket that an engine listens at: never taken from another process, and removed only by who made it.
package final class EngineSocket: Sendable {
    package let path: String
    /// The file that was made, so that another in its place is left alone.
    private let made = Mutex<FileIdentity?>(nil)

    private struct FileIdentity: Equatable {
        var device: dev_t
        var inode: ino_t
    }

    package init(path: String) { self.path = path }

    /// Makes room for the socket; one that a killed process has left behind is removed.
    ///
    /// - Throws: `InputError` if a process listens there, if it is something other than a socket, or if the path is too
    ///   long for one.
    package func claim() throws {
        try InputError.checkSocketPath(path)
        guard let facts = facts() else { return }
        guard facts.st_mode & S_IFMT == S_IFSOCK else {
            throw InputError(at: path, "is there already, and is no socket", remedy: "Choose another path for --socket")
        }
        guard isDeserted else {
            throw InputError(at: path, "another process listens there", remedy: "Stop it, or choose another path")
        }
        unlink(path)
    }

    /// Call once connections are accepted.
    package func isListening() {
        made.withLock { $0 = facts().map { FileIdentity(device: $0.st_dev, inode: $0.st_ino) } }
    }

    /// Removes the socket, if this process has made it and it is still there.
    package func remove() {
        made.withLock { made in
            guard let own = made, let facts = facts() else { return }
            made = nil
            if own == FileIdentity(device: facts.st_dev, inode: facts.st_ino) { unlink(path) }
        }
    }

    private func facts() -> stat? {
        var facts = stat()
        return lstat(path, &facts) == 0 ? facts : nil
    }

    /// Whether nobody listens; who may not ask cannot know, and takes it for used.
    private var isDeserted: Bool {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        return UnixAddress.with(path, descriptor, connect) != 0 && errno == ECONNREFUSED
    }
}
