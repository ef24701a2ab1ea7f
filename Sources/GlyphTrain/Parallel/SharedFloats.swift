// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Foundation
import Glibc
import GlyphPage

/// Numbers in memory that several processes share, which has no name and ends with the last process that has it.
final class SharedFloats {
    /// By which, with the number of this process, others of the same user open the memory.
    let descriptor: Int32
    let numbers: UnsafeMutableBufferPointer<Float>

    /// Makes memory for `count` numbers, all zero.
    ///
    /// - Throws: `InputError` where there is not enough.
    convenience init(count: Int) throws {
        for folder in ["/dev/shm", NSTemporaryDirectory()] {
            let path = "\(folder)/glyph-train-\(UUID().uuidString)"
            let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
            unlink(path)
            // Taken now: a write to memory that is not there would end the process.
            if descriptor >= 0, posix_fallocate(descriptor, 0, count * MemoryLayout<Float>.stride) == 0 {
                try self.init(descriptor, count)
                return
            }
            if descriptor >= 0 { close(descriptor) }
        }
        throw InputError(
            at: "memory that processes share",
            "there is not enough for \(count) numbers of 4 bytes",
            expected: "room in /dev/shm or \(NSTemporaryDirectory()) for a gradient of each process and one for all",
            remedy: "Train with fewer --processes"
        )
    }

    /// Opens memory that another process made.
    convenience init(process: Int, descriptor: Int, count: Int) throws {
        try self.init(open("/proc/\(process)/fd/\(descriptor)", O_RDWR | O_CLOEXEC), count)
    }

    private init(_ descriptor: Int32, _ count: Int) throws {
        let size = max(count, 1) * MemoryLayout<Float>.stride
        let address = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0)
        guard descriptor >= 0, let address, address != MAP_FAILED else {
            if descriptor >= 0 { close(descriptor) }
            throw InputError(
                at: "memory that processes share",
                "it cannot be opened",
                expected: "processes of one user on one machine"
            )
        }
        self.descriptor = descriptor
        numbers = UnsafeMutableBufferPointer(start: address.assumingMemoryBound(to: Float.self), count: count)
    }

    deinit {
        munmap(numbers.baseAddress, max(numbers.count, 1) * MemoryLayout<Float>.stride)
        close(descriptor)
    }
}
