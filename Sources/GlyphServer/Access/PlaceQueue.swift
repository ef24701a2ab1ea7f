// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Synchronization

/// A number of places, and a bounded queue before them.
final class PlaceQueue: Sendable {
    /// Every place is taken and the queue is full.
    struct Full: Error {}

    private struct State {
        var free: Int
        var waiting: [(id: Int, continuation: CheckedContinuation<Void, any Error>?)] = []
        /// Those whose turn came before they began to wait for it.
        var called: Set<Int> = []
        var lastID = 0
    }

    private let places: Int
    private let limit: Int
    private let state: Mutex<State>

    init(places: Int, waiting limit: Int) {
        (self.places, self.limit) = (max(1, places), max(0, limit))
        state = Mutex(State(free: max(1, places)))
    }

    var load: (running: Int, waiting: Int) { state.withLock { (places - $0.free, $0.waiting.count) } }

    /// Does work in a place.
    ///
    /// - Parameters:
    ///   - onWaiting: Told the position in the queue, from 1, if there is no free place.
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
        let ticket: (id: Int, position: Int)? = try state.withLock { state in
            if state.free > 0 {
                state.free -= 1
                return nil
            }
            guard state.waiting.count < limit else { throw Full() }
            state.lastID += 1
            state.waiting.append((state.lastID, nil))
            return (state.lastID, state.waiting.count)
        }
        guard let (id, position) = ticket else { return }
        do {
            try await onWaiting(position)
        } catch {
            leave(id)
            throw error
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in wait(id, continuation) }
        } onCancel: {
            state.withLock { Self.remove(id, from: &$0) }?.resume(throwing: CancellationError())
        }
    }

    private func wait(_ id: Int, _ continuation: CheckedContinuation<Void, any Error>) {
        let outcome: Result<Void, any Error>? = state.withLock { state in
            if state.called.remove(id) != nil { return .success(()) }
            // Not there any more: cancelled before it began to wait.
            guard let index = state.waiting.firstIndex(where: { $0.id == id }) else {
                return .failure(CancellationError())
            }
            state.waiting[index].continuation = continuation
            return nil
        }
        if let outcome { continuation.resume(with: outcome) }
    }

    /// Gives up a turn that may have come already.
    private func leave(_ id: Int) {
        let wasCalled = state.withLock { state in
            _ = Self.remove(id, from: &state)
            return state.called.remove(id) != nil
        }
        if wasCalled { release() }
    }

    private static func remove(_ id: Int, from state: inout State) -> CheckedContinuation<Void, any Error>? {
        guard let index = state.waiting.firstIndex(where: { $0.id == id }) else { return nil }
        return state.waiting.remove(at: index).continuation
    }

    private func release() {
        let next: CheckedContinuation<Void, any Error>? = state.withLock { state in
            guard !state.waiting.isEmpty else {
                state.free += 1
                return nil
            }
            let first = state.waiting.removeFirst()
            if first.continuation == nil { state.called.insert(first.id) }
            return first.continuation
        }
        next?.resume()
    }
}
