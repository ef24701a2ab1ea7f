// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Foundation
import GlyphHTTP
import GlyphPage
import GlyphTokens

/// Bytes on the disk, each under the SHA-256 digest of its content.
///
/// A file gets its name only when it is complete and on the disk, and its content is compared with its name whenever it
/// is read: nothing half-written is ever served. No name comes from a client.
struct BlobFolder: Sendable {
    private let path: String

    /// - Throws: `DiskFault` if the folder cannot be made.
    init(_ path: String) throws {
        self.path = path
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw DiskFault(number: errno, doing: "make \(path)") }
    }

    /// Writes bytes under a temporary name.
    ///
    /// - Returns: The name, for `publish` or `discard`.
    /// - Throws: `DiskFault`; nothing is left behind.
    func stage(_ bytes: [UInt8]) throws -> String {
        let name = ".\(UUID().uuidString).part"
        let file = "\(path)/\(name)"
        let descriptor = open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw DiskFault(number: errno, doing: "keep a file") }
        do {
            var number = bytes.withUnsafeBytes { WholeWrite.write($0, to: descriptor) }
            if number == 0 { number = DiskSync.wait(for: descriptor) }
            guard number == 0 else { throw DiskFault(number: number, doing: "keep a file") }
        } catch {
            close(descriptor)
            unlink(file)
            throw error
        }
        // Some file systems report a full disk only here.
        guard close(descriptor) == 0 else {
            let number = errno
            unlink(file)
            throw DiskFault(number: number, doing: "keep a file")
        }
        return name
    }

    /// Gives a staged file its name for good.
    ///
    /// - Throws: `DiskFault`; then there may be a file that no row names.
    func publish(_ staged: String, digest: String) throws {
        guard rename("\(path)/\(staged)", "\(path)/\(digest)") == 0 else {
            throw DiskFault(number: errno, doing: "keep a file")
        }
        // The name itself must be on the disk before a row says that it is.
        let number = DiskSync.wait(for: path)
        guard number == 0 else { throw DiskFault(number: number, doing: "keep a file") }
    }

    func discard(_ staged: String) { unlink("\(path)/\(staged)") }

    func remove(_ digest: String) { unlink("\(path)/\(digest)") }

    /// Reads bytes and compares them with their name.
    ///
    /// - Throws: `ServerFault` with status 503 if the file is not what was kept.
    func read(_ digest: String) throws -> [UInt8] {
        guard let bytes = ResourceFile.read("\(path)/\(digest)"), Digest.sha256(bytes) == digest else {
            throw ServerFault(503, "a kept file is damaged or gone; send it again", code: "file_damaged")
        }
        return bytes
    }

    /// Removes what an interrupted run left behind, and whatever no row names.
    func sweep(keeping digests: Set<String>) {
        for name in (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? [] where !digests.contains(name) {
            unlink("\(path)/\(name)")
        }
    }
}
