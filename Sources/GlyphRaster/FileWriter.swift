// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Foundation
import GlyphPage

/// Writes a file piece by piece under a temporary name; it gets its real name only when it is complete.
final class FileWriter {
    private let descriptor: Int32
    private let part: String
    private let path: String
    private var isFinished = false

    init(folder: String, name: String) throws {
        part = "\(folder)/.\(name).part"
        path = "\(folder)/\(name)"
        descriptor = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw Self.fault(part) }
    }

    deinit {
        guard !isFinished else { return }
        close(descriptor)
        unlink(part)
    }

    func append(_ bytes: [UInt8]) throws {
        var offset = 0
        while offset < bytes.count {
            let written = bytes.withUnsafeBytes { buffer in
                write(descriptor, buffer.baseAddress.map { $0 + offset }, buffer.count - offset)
            }
            if written < 0, errno == EINTR { continue }
            guard written > 0 else { throw Self.fault(part) }
            offset += written
        }
    }

    func finish() throws {
        isFinished = true
        // Some file systems report a full disk only here.
        guard close(descriptor) == 0, rename(part, path) == 0 else {
            let fault = Self.fault(path)
            unlink(part)
            throw fault
        }
    }

    private static func fault(_ file: String) -> InputError {
        InputError(at: file, "cannot be written: \(String(cString: strerror(errno)))")
    }
}
