// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Foundation
import GlyphPage
import Synchronization

/// A result file that grows by one line for each item, and survives being cut off anywhere.
///
/// A line is written at once, so a killed run leaves at most its last line incomplete; opened again, the file loses that
/// line and the item is done anew. Any other line that cannot be read is damage from outside and an error. The file is
/// locked as long as the log lives, so that two runs cannot write to it.
///
/// ```swift
/// let log = try RunLog(resuming: "results.jsonl")
/// for example in examples where !log.isDone(key(example)) {
///     try log.append(item(example))
/// }
/// ```
package final class RunLog: Sendable {
    private struct State {
        var file: FileHandle
        var done: Set<RunItem.Key>
    }

    /// Whether the file held nothing when it was opened.
    package let isNew: Bool
    private let path: String
    private let lock: FileLock
    private let state: Mutex<State>

    /// Opens a result file to go on with it, or begins one.
    ///
    /// - Parameters:
    ///   - path: The file; it is created if there is none.
    ///   - redoingFailures: Whether items that failed count as not done; their lines stay, and the later line counts.
    /// - Throws: `InputError` if the file cannot be written, another run writes to it, or it holds a line other than the
    ///   last that is no item.
    package init(resuming path: String, redoingFailures: Bool = false) throws {
        self.path = path
        lock = try FileLock.ofRun(path, at: path, followsLinks: true)
        let file = FileHandle(fileDescriptor: lock.descriptor, closeOnDealloc: false)
        let (items, length) = try Self.scan(path)
        do {
            try file.truncate(atOffset: length)
            try file.seekToEnd()
        } catch {
            throw InputError(at: path, "an incomplete last line cannot be removed")
        }
        isNew = items.isEmpty
        let done = items.filter {
            if redoingFailures, case .failed = $0.outcome { return false }
            return true
        }
        state = Mutex(State(file: file, done: Set(done.map(\.key))))
    }

    /// Whether an item is in the file.
    package func isDone(_ key: RunItem.Key) -> Bool { state.withLock { $0.done.contains(key) } }

    /// Adds an item; may be called by several threads.
    ///
    /// - Throws: `InputError` if it cannot be written.
    package func append(_ item: RunItem) throws {
        let line = Data((item.jsonLine + "\n").utf8)
        try state.withLock { state in
            do {
                try state.file.write(contentsOf: line)
            } catch {
                throw InputError(at: path, "the result cannot be written", remedy: "Is the disk full?")
            }
            state.done.insert(item.key)
        }
    }

    /// The items of a result file, in an order that does not depend on which was ready first.
    ///
    /// Of several lines with one key the last counts. An incomplete last line is passed over.
    ///
    /// - Throws: `InputError` if the file cannot be read, or holds a line other than the last that is no item.
    package static func items(at path: String) throws -> [RunItem] {
        var latest: [RunItem.Key: RunItem] = [:]
        for item in try scan(path).items { latest[item.key] = item }
        // Each order is made once: comparisons would make two anew, which took longer than reading the file.
        return latest.values.map { (order: $0.key.order, item: $0) }
            .sorted { $0.order.lexicographicallyPrecedes($1.order) }.map(\.item)
    }

    /// The items, and up to where the file is whole lines.
    private static func scan(_ path: String) throws -> (items: [RunItem], length: UInt64) {
        var items: [RunItem] = []
        var length: UInt64 = 0
        var broken: (any Error)?
        let lines = JSONLines(path: path, remedy: "Is it still there, and may it be read?")
        try lines.forEachLine { line in
            // A broken line is only forgiven if none follows.
            if let broken { throw broken }
            do {
                let item = try RunItem(lines.row(line))
                guard line.isWhole else { return false }
                items.append(item)
                length = line.end
            } catch {
                broken = error
            }
            return true
        }
        return (items, length)
    }
}

extension RunItem.Key {
    /// Sorts by reader, strategy, configuration and example; numbers by value, so that seed 10 follows seed 9.
    fileprivate var order: [[String]] {
        [reader, strategy, config, example].map { text in
            text.split(separator: "-", omittingEmptySubsequences: false).map { part in
                let isNumber = !part.isEmpty && part.count < 20 && part.allSatisfy { ("0"..."9").contains($0) }
                return isNumber ? String(repeating: "0", count: 20 - part.count) + part : String(part)
            }
        }
    }
}

extension [[String]] {
    fileprivate func lexicographicallyPrecedes(_ other: Self) -> Bool {
        for (a, b) in zip(self, other) where a != b { return a.lexicographicallyPrecedes(b) }
        return count < other.count
    }
}
