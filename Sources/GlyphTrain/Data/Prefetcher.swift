// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Foundation

/// Makes the next values on threads of their own while the present one is used.
///
/// Each value is made from its index by one thread, and they are handed out in the order of the indices: what comes does
/// not depend on how many are made at the same time. Threads rather than tasks: libtorch's worker threads belong to the
/// thread that computes, which therefore must not change.
final class Prefetcher<Value: Sendable>: @unchecked Sendable {
    private let queue = DispatchQueue(label: "glyph.prefetch", attributes: .concurrent)
    private let make: (Int) throws -> Value
    private let depth: Int
    // Of the caller's thread only.
    private var waiting: Range<Int>
    private var requested: Int
    private let running = DispatchGroup()
    /// Guards what is below, and tells of each result that comes.
    private let arrival = NSCondition()
    private var isStopped = false
    private var results: [Int: Result<Value, any Error>] = [:]

    /// - Parameters:
    ///   - indices: What to make values of.
    ///   - depth: How many values are made at the same time, and kept before they are asked for.
    ///   - make: Makes the value of an index; called on several threads at once where `depth` is more than 1.
    init(_ indices: Range<Int>, depth: Int, _ make: @escaping (Int) throws -> Value) {
        self.make = make
        self.depth = max(1, depth)
        waiting = indices
        requested = indices.lowerBound
    }

    /// The value of the next index, or what the making of it threw; `CancellationError` behind the last.
    func next() throws -> Value {
        guard let index = waiting.first else { throw CancellationError() }
        request(upTo: index + depth)
        arrival.lock()
        while results[index] == nil { arrival.wait() }
        let result = results.removeValue(forKey: index)
        arrival.unlock()
        waiting = waiting.dropFirst()
        request(upTo: index + 1 + depth)
        guard let result else { throw CancellationError() }
        return try result.get()
    }

    /// Begins no more values and waits for those that are being made: a process must not end while threads use a device.
    func stop() {
        arrival.withLock { isStopped = true }
        running.wait()
    }

    private func request(upTo end: Int) {
        while requested < min(end, waiting.upperBound) {
            let index = requested
            requested += 1
            queue.async(group: running) {
                guard !self.arrival.withLock({ self.isStopped }) else { return }
                let made = Result { try self.make(index) }
                self.arrival.withLock { self.results[index] = made }
                self.arrival.broadcast()
            }
        }
    }
}
