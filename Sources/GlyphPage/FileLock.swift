// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Keeps others out of a file, or of the folder that it stands for, as long as it lives.
///
/// The system lets go of it when the process ends, however it ends. Some network drives have no locks; there nobody is
/// kept out.
package final class FileLock: Sendable {
    /// Why there is no lock.
    package enum Fault: Error, Equatable {
        /// The file cannot be opened for writing; with the system's number of the reason.
        case cannotOpen(Int32)
        /// Somebody else has it.
        case isHeld
    }

    /// The file, open for reading and for adding to its end; whoever uses it must not close it.
    package let descriptor: Int32

    /// Locks a file.
    ///
    /// - Parameters:
    ///   - path: The file; it is created if there is none.
    ///   - permissions: Those of a new file.
    ///   - followsLinks: Whether the path may be a symbolic link.
    /// - Throws: `Fault`.
    package init(_ path: String, permissions: UInt32 = 0o644, followsLinks: Bool = false) throws {
        // The only property is set last: an initializer that throws after that runs `deinit`, too.
        descriptor = try Self.locked(path, permissions, followsLinks ? 0 : O_NOFOLLOW)
    }

    /// Keeps other runs out of a folder of results by one of its files.
    ///
    /// - Parameters:
    ///   - file: The file.
    ///   - location: What the person named, for the message.
    ///   - followsLinks: Whether the file may be a symbolic link.
    /// - Returns: The lock.
    /// - Throws: `InputError` if another run uses the folder, or the file cannot be opened.
    package static func ofRun(_ file: String, at location: String, followsLinks: Bool = false) throws -> FileLock {
        do {
            return try FileLock(file, followsLinks: followsLinks)
        } catch Fault.isHeld {
            throw InputError(
                at: location,
                "another run is using this folder",
                remedy: "Wait until it has ended, or choose another --output"
            )
        } catch Fault.cannotOpen(let number) {
            throw InputError(at: file, "the file cannot be opened for writing: \(String(cString: strerror(number)))")
        }
    }

    private static func locked(_ path: String, _ permissions: UInt32, _ more: Int32) throws -> Int32 {
        // Appending leaves whole what a writer that takes no lock adds meanwhile.
        let descriptor = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | more, mode_t(permissions))
        guard descriptor >= 0 else { throw Fault.cannotOpen(errno) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK else {
            close(descriptor)
            throw Fault.isHeld
        }
        return descriptor
    }

    deinit {
        // Said, not left to closing: a process that is just being started may still have a copy of the descriptor.
        flock(descriptor, LOCK_UN)
        close(descriptor)
    }
}
