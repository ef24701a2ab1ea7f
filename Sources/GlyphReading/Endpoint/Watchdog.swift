// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Synchronization

/// Ends a wait that takes too long.
///
/// One instance watches one exchange: `watch()` runs beside it and throws when the current deadline passes; the
/// exchange moves the deadline as it makes progress.
final class Watchdog: Sendable {
    /// What did not happen in time.
    enum Wait: Sendable, Equatable {
        case firstToken, nextBytes
    }

    /// Thrown by `watch()`.
    struct Expired: Error, Equatable {
        var wait: Wait
        var limit: Duration
    }

    private struct State {
        var wait: Wait
        var limit: Duration
        var deadline: ContinuousClock.Instant
    }

    private let state: Mutex<State>
    private let shortest: Duration

    /// Starts the clock.
    ///
    /// - Parameters:
    ///   - wait: What is waited for first.
    ///   - limit: How long.
    ///   - shortest: The smallest limit that `expect` will ever be given.
    init(waitingFor wait: Wait, within limit: Duration, shortest: Duration) {
        self.shortest = max(min(shortest, limit), .milliseconds(10))  // a limit of zero must not spin
        state = Mutex(State(wait: wait, limit: limit, deadline: .now + limit))
    }

    /// Starts the clock anew, for this wait.
    func expect(_ wait: Wait, within limit: Duration) {
        state.withLock { $0 = State(wait: wait, limit: limit, deadline: .now + limit) }
    }

    /// Returns only by throwing: `Expired`, or `CancellationError` once the exchange is over.
    func watch() async throws {
        while true {
            let current = state.withLock { $0 }
            guard ContinuousClock.now < current.deadline else {
                throw Expired(wait: current.wait, limit: current.limit)
            }
            // A new deadline may be earlier than the one slept for, but never earlier than `shortest` from when it
            // was set; waking up that often meets it exactly.
            try await ContinuousClock().sleep(until: min(current.deadline, .now + shortest))
        }
    }
}
