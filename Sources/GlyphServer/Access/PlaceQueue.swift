// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Synchronization

/// A number of places, and a bounded queue before them.
final class PlaceQueue: Sendable {
    /// Every place is taken and the queue is full.
    struct Full: Error {}

    private struct State {
        var free: Int
        var waiting: [(id: Int, wake: AsyncStream<Void>.Continuation)] = []
        /// Those whose turn has come and who have not noticed yet.
        var called: Set<Int> = []
        var lastID = 0
    }

    private let places: Int
    private let limit: Int
    private let pulse: Double
    private let state: Mutex<State>

    /// - Parameters:
    ///   - places: How many may work at the same time.
    ///   - limit: How many may wait.
    ///   - pulse: Seconds after which those who wait are told their position again.
    init(places: Int, waiting limit: Int, pulse: Double = 10) {
        (self.places, self.limit, self.pulse) = (max(1, places), max(0, limit), pulse)
        state = Mutex(State(free: max(1, places)))
    }

    var load: (running: Int, waiting: Int) { state.withLock { (places - $0.free, $0.waiting.count) } }

    /// Does work in a place.
    ///
    /// - Parameters:
    ///   - onWaiting: Told the position in the queue, from 1, if there is no free place, and again from time to time.
    ///   - work: What to do once there is one.
    /// - Returns: What the work returns.
    /// - Throws: `Full`, `CancellationError`, and what the closures throw.
    func withPlace<Value>(
        onWaiting: (_ position: Int) async throws -> Void = { _ in },
        _ work: () async throws -> Value
    ) async throws -> Value {
        try await take(onWaiting)
        defer { release() }
        return try await work()
    }

    private func take(_ onWaiting: (Int) async throws -> Void) async throws {
        let (wakes, wake) = AsyncStream<Void>.makeStream()
        let ticket: (id: Int, position: Int)? = try state.withLock { state in
            if state.free > 0 {
                state.free -= 1
                return nil
            }
            guard state.waiting.count < limit else { throw Full() }
            state.lastID += 1
            state.waiting.append((state.lastID, wake))
            return (state.lastID, state.waiting.count)
        }
        guard let (id, first) = ticket else { return }
        let clock = Task { [pulse] in
            while true {
                try await Task.sleep(for: .seconds(pulse))
                wake.yield()
            }
        }
        defer { clock.cancel() }
        do {
            try await onWaiting(first)
            var iterator = wakes.makeAsyncIterator()
            while state.withLock({ $0.called.remove(id) }) == nil {
                // A stream ends early only for a task that was cancelled.
                guard await iterator.next() != nil else { throw CancellationError() }
                let position = state.withLock { $0.waiting.firstIndex { $0.id == id } }
                if let position { try await onWaiting(position + 1) }
            }
        } catch {
            leave(id)
            throw error
        }
    }

    /// Gives up a turn that may have come already.
    private func leave(_ id: Int) {
        let wasCalled = state.withLock { state in
            state.waiting.removeAll { $0.id == id }
            return state.called.remove(id) != nil
        }
        if wasCalled { release() }
    }

    private func release() {
        let next: AsyncStream<Void>.Continuation? = state.withLock { state in
            guard !state.waiting.isEmpty else {
                state.free += 1
                return nil
            }
            let first = state.waiting.removeFirst()
            state.called.insert(first.id)
            return first.wake
        }
        next?.yield()
    }
}
