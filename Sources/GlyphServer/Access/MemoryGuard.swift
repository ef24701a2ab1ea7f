// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphHTTP
import Synchronization

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Keeps work from beginning that the machine, or its container, has no memory for.
///
/// Work says beforehand what it will take. What has begun and may not have taken its part yet is counted as taken, so
/// two that begin together cannot both have the last of it.
final class MemoryGuard: Sendable {
    private let spare: Int
    private let available: @Sendable () -> Int?
    private let promised = Mutex(0)

    /// - Parameters:
    ///   - spare: Bytes that must be left.
    ///   - available: How many bytes there are; nothing is refused where that cannot be known.
    init(spare: Int, available: @escaping @Sendable () -> Int? = MemoryGuard.available) {
        (self.spare, self.available) = (spare, available)
    }

    /// Does work that takes so many bytes.
    ///
    /// - Throws: `ServerFault` with status 503 if there are too few, and what the work throws.
    func with<Value>(_ bytes: Int, _ work: () async throws -> Value) async throws -> Value {
        try take(bytes)
        defer { promised.withLock { $0 -= bytes } }
        return try await work()
    }

    private func take(_ bytes: Int) throws {
        guard let available = available() else { return promised.withLock { $0 += bytes } }
        try promised.withLock { promised in
            guard available - promised - spare >= bytes else {
                throw ServerFault(
                    503,
                    "this needs about \(Self.mebibytes(bytes)) MiB of memory, and \(Self.mebibytes(available)) are free "
                        + "with \(Self.mebibytes(promised + spare)) spoken for; try again later, or send less",
                    code: Self.code,
                    retryAfter: 5
                )
            }
            promised += bytes
        }
    }

    /// The code of an error that another attempt may not meet.
    static let code = "memory_low"

    private static func mebibytes(_ bytes: Int) -> Int { bytes >> 20 }

    /// What the system, and the container if there is one, can still give.
    static func available() -> Int? {
        let system = number(after: "MemAvailable:", in: "/proc/meminfo").map { $0 << 10 }
        let group = "/sys/fs/cgroup"
        guard let limit = number(after: "", in: "\(group)/memory.max"),
            let used = number(after: "", in: "\(group)/memory.current")
        else { return system }
        // Files that were read count as used, and are let go of when memory is wanted.
        let files = number(after: "\ninactive_file", in: "\(group)/memory.stat") ?? 0
        return min(system ?? .max, max(0, limit - used + files))
    }

    /// The first number after a word of a file; nil if there is none, as where a limit is `max`.
    private static func number(after word: String, in path: String) -> Int? {
        guard let bytes = FileManager.default.contents(atPath: path) else { return nil }
        let text = String(decoding: bytes, as: UTF8.self)
        guard let start = word.isEmpty ? text.startIndex : text.firstRange(of: word)?.upperBound else { return nil }
        return Int(text[start...].drop { $0 == " " }.prefix { $0.isNumber })
    }
}
