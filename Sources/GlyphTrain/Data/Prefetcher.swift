// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Foundation

/// Makes the next value on a thread of its own while the present one is used.
///
/// A thread rather than a task: libtorch's worker threads belong to the thread that computes, which therefore must not
/// change.
final class Prefetcher<Value: Sendable>: @unchecked Sendable {
    // Everything below is touched by the queue only, but for `result`, which the semaphore hands over.
    private let queue = DispatchQueue(label: "glyph.prefetch")
    private let ready = DispatchSemaphore(value: 0)
    private let make: (Int) throws -> Value
    private var result: Result<Value, any Error>?
    private var requested: Int?

    init(_ make: @escaping (Int) throws -> Value) {
        self.make = make
    }

    /// The value of `index`; the making of `next` begins.
    func value(_ index: Int, next: Int?) throws -> Value {
        if requested != index { request(index) }
        ready.wait()
        guard let result else { throw CancellationError() }
        if let next { request(next) }
        return try result.get()
    }

    private func request(_ index: Int) {
        requested = index
        queue.async {
            let made = Result { try self.make(index) }
            self.result = made
            self.ready.signal()
        }
    }
}
