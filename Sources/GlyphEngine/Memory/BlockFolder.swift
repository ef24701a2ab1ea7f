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
public final class BlockFolder: BlockStore {
    private let folder: String
    private let limit: Int
    /// Written one after the other, away from the thread that computes.
    private let queue = DispatchQueue(label: "glyph-engine.blocks", qos: .utility)
    /// Bytes on disk, and bytes that wait to be written.
    private let sizes: Mutex<(stored: Int, waiting: Int)>

    private static let digestLength = 64
    private static let suffix = ".kv"
    /// A disk that is slower than the model must not fill the memory.
    private static let maximumWaiting = 256 << 20

    /// Opens a folder, and makes it if need be; if it holds more than the limit, its oldest files go.
    ///
    /// - Parameters:
    ///   - path: The folder.
    ///   - limit: The most bytes to keep.
    /// - Throws: `InputError` if the folder cannot be used.
    public init(path: String, limit: Int) throws {
        folder = path
        self.limit = limit
        sizes = Mutex((0, 0))
        do {
            let attributes: [FileAttributeKey: Any] = [.posixPermissions: 0o700]
            try FileManager.default.createDirectory(
                atPath: path,
                withIntermediateDirectories: true,
                attributes: attributes
            )
            try trim()
        } catch {
            throw InputError(at: path, "the folder for blocks cannot be used: \(error.localizedDescription)")
        }
    }

    public func read(_ name: String) -> [UInt8]? {
        guard let data = try? Data(contentsOf: URL(fileURLWithPath: path(name))), data.count > Self.digestLength
        else { return nil }
        let content = Array(data.dropFirst(Self.digestLength))
        guard Digest.sha256(content).utf8.elementsEqual(data.prefix(Self.digestLength)) else { return nil }
        return content
    }

    public func write(_ bytes: [UInt8], as name: String) {
        let size = Self.digestLength + bytes.count
        let hasRoom = sizes.withLock { sizes in
            guard sizes.waiting + size <= Self.maximumWaiting, sizes.stored + size <= limit else { return false }
            sizes.waiting += size
            sizes.stored += size
            return true
        }
        guard hasRoom else { return }
        queue.async { [self] in
            let data = Data(Digest.sha256(bytes).utf8) + Data(bytes)
            // Atomic: a reader sees the whole file or none.
            let isWritten = (try? data.write(to: URL(fileURLWithPath: path(name)), options: .atomic)) != nil
            sizes.withLock { sizes in
                sizes.waiting -= size
                if !isWritten { sizes.stored -= size }
            }
        }
    }

    /// Waits until everything is written.
    public func flush() { queue.sync {} }

    private func path(_ name: String) -> String { "\(folder)/\(name)\(Self.suffix)" }

    /// Deletes the oldest files until the rest is at most nine tenths of the limit, so that there is room to write.
    private func trim() throws {
        var files: [(path: String, bytes: Int, date: Date)] = []
        for name in try FileManager.default.contentsOfDirectory(atPath: folder) where name.hasSuffix(Self.suffix) {
            let path = "\(folder)/\(name)"
            let attributes = try FileManager.default.attributesOfItem(atPath: path)
            let bytes = (attributes[.size] as? Int) ?? 0
            files.append((path, bytes, (attributes[.modificationDate] as? Date) ?? .distantPast))
        }
        var total = files.reduce(0) { $0 + $1.bytes }
        if total > limit {
            for file in files.sorted(by: { $0.date < $1.date }) where total > limit / 10 * 9 {
                try FileManager.default.removeItem(atPath: file.path)
                total -= file.bytes
            }
        }
        sizes.withLock { $0.stored = total }
    }
}
