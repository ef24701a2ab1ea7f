// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Dispatch
import Foundation
import GlyphPage
import Synchronization

/// Blocks of keys and values as files in a folder: a document that was read yesterday need not be read again today.
///
/// One file for each block, named by the block's own name, which holds the model's digest; so one folder serves several
/// models. A file begins with the SHA-256 of its content: a file cut by a crash or a full disk is not used.
package final class BlockFolder: BlockStore {
    private let folder: String
    private let limit: Int
    /// Written one after the other, away from the thread that computes.
    private let queue = DispatchQueue(label: "glyph-engine.blocks", qos: .utility)
    /// Bytes that wait to be written.
    private let waiting = Mutex(0)
    /// Bytes on disk; changes on the queue only.
    private let stored = Mutex(0)

    private static let digestLength = 64
    private static let suffix = ".kv"
    /// A disk that is slower than the model must not fill the memory.
    private static let maximumWaiting = 256 << 20

    /// Opens a folder, and makes it if need be; the files that were used longest ago go where it holds more than the limit.
    ///
    /// - Parameters:
    ///   - path: The folder.
    ///   - limit: The most bytes to keep.
    /// - Throws: `InputError` if the folder cannot be used.
    package init(path: String, limit: Int) throws {
        folder = path
        self.limit = limit
        do {
            let attributes: [FileAttributeKey: Any] = [.posixPermissions: 0o700]
            try FileManager.default.createDirectory(
                atPath: path,
                withIntermediateDirectories: true,
                attributes: attributes
            )
            try trim(to: limit)
        } catch {
            throw InputError(at: path, "the folder for blocks cannot be used: \(error.localizedDescription)")
        }
    }

    package func read(_ name: String) -> [UInt8]? {
        guard let data = try? Data(contentsOf: URL(fileURLWithPath: path(name))), data.count > Self.digestLength
        else { return nil }
        let content = Array(data.dropFirst(Self.digestLength))
        guard Digest.sha256(content).utf8.elementsEqual(data.prefix(Self.digestLength)) else { return nil }
        // The age decides what goes first; a block whose age cannot be set is no worse to read.
        try? FileManager.default.setAttributes([.modificationDate: Date()], ofItemAtPath: path(name))
        return content
    }

    package func write(_ bytes: [UInt8], as name: String) {
        let size = Self.digestLength + bytes.count
        guard size <= limit else { return }
        let mayWait = waiting.withLock { waiting in
            guard waiting + size <= Self.maximumWaiting else { return false }
            waiting += size
            return true
        }
        guard mayWait else { return }
        queue.async { [self] in
            // A block that is not written is read by the model again.
            try? store(Data(Digest.sha256(bytes).utf8) + Data(bytes), at: path(name))
            waiting.withLock { $0 -= size }
        }
    }

    /// Writes a file; what was used longest ago makes room for it, a tenth of the limit at once.
    private func store(_ data: Data, at path: String) throws {
        if let replaced = (try? FileManager.default.attributesOfItem(atPath: path))?[.size] as? Int {
            try FileManager.default.removeItem(atPath: path)
            stored.withLock { $0 -= replaced }
        }
        if stored.withLock({ $0 + data.count > limit }) { try trim(to: max(0, limit / 10 * 9 - data.count)) }
        // Atomic: a reader sees the whole file or none.
        try data.write(to: URL(fileURLWithPath: path), options: .atomic)
        stored.withLock { $0 += data.count }
    }

    /// Waits until everything is written.
    package func flush() { queue.sync {} }

    private func path(_ name: String) -> String { "\(folder)/\(name)\(Self.suffix)" }

    /// Deletes files, the one that was used longest ago first, until the rest has at most so many bytes.
    private func trim(to size: Int) throws {
        var files: [(path: String, bytes: Int, date: Date)] = []
        for name in try FileManager.default.contentsOfDirectory(atPath: folder) where name.hasSuffix(Self.suffix) {
            let path = "\(folder)/\(name)"
            let attributes = try FileManager.default.attributesOfItem(atPath: path)
            let bytes = (attributes[.size] as? Int) ?? 0
            files.append((path, bytes, (attributes[.modificationDate] as? Date) ?? .distantPast))
        }
        var total = files.reduce(0) { $0 + $1.bytes }
        for file in files.sorted(by: { $0.date < $1.date }) where total > size {
            try FileManager.default.removeItem(atPath: file.path)
            total -= file.bytes
        }
        stored.withLock { $0 = total }
    }
}
