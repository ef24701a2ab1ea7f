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
    init(spare: Int, available: @escaping @Sendable () -> Int? = { MemoryGuard.available() }) {
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

    /// What the system, and every control group that this process is in, can still give: that of its container or unit,
    /// and those around it.
    ///
    /// - Parameters:
    ///   - system: The file with the machine's figures.
    ///   - own: The file that names the process's own group (cgroup v2).
    ///   - groups: Where groups are mounted.
    /// - Returns: Bytes; nil where nothing tells.
    static func available(
        system: String = "/proc/meminfo",
        own: String = "/proc/self/cgroup",
        groups: String = "/sys/fs/cgroup"
    ) -> Int? {
        let machine = number(after: "MemAvailable:", in: system).map { $0 << 10 }
        return (enclosingGroups(own, groups).compactMap(room) + [machine].compactMap { $0 }).min()
    }

    /// What a group has left of its limit; nil without one.
    private static func room(_ group: String) -> Int? {
        guard let limit = number(after: "", in: "\(group)/memory.max"),
            let used = number(after: "", in: "\(group)/memory.current")
        else { return nil }
        // Files that were read count as used, and are let go of when memory is wanted.
        let files = number(after: "\ninactive_file", in: "\(group)/memory.stat") ?? 0
        return max(0, limit - max(0, used - files))
    }

    /// The folders of the groups that a process is in, outermost first.
    private static func enclosingGroups(_ own: String, _ groups: String) -> [String] {
        let lines = FileManager.default.contents(atPath: own).map { String(decoding: $0, as: UTF8.self) } ?? ""
        let path = lines.split(separator: "\n").first { $0.hasPrefix("0::") }?.dropFirst(3) ?? ""
        // What lies outside of the mounted tree cannot be looked at.
        return path.split(separator: "/").filter { $0 != ".." }.reduce(into: [groups]) { folders, name in
            folders.append("\(folders[folders.count - 1])/\(name)")
        }
    }

    /// The first number after a word of a file; nil if there is none, as where a limit is `max`.
    private static func number(after word: String, in path: String) -> Int? {
        guard let bytes = FileManager.default.contents(atPath: path) else { return nil }
        let text = String(decoding: bytes, as: UTF8.self)
        guard let start = word.isEmpty ? text.startIndex : text.firstRange(of: word)?.upperBound else { return nil }
        return Int(text[start...].drop { $0 == " " }.prefix { $0.isNumber })
    }
}
