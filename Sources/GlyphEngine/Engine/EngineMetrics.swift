// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Synchronization

/// What an engine has done so far and holds now.
package struct EngineMetrics: Sendable, Equatable {
    /// Requests by how they ended.
    package var completed = 0
    package var cancelled = 0
    package var failed = 0
    package var refused = 0
    /// Prompt tokens, those from the prefix cache included.
    package var promptTokens = 0
    package var cachedPromptTokens = 0
    package var completionTokens = 0
    /// Images looked at, and images whose vectors were at hand.
    package var imagesEncoded = 0
    package var imagesReused = 0
    /// Steps of each kind.
    package var lookSteps = 0
    package var readSteps = 0
    package var writeSteps = 0

    /// Conversations now.
    package var waiting = 0
    package var running = 0
    /// Blocks of keys and values: all, reserved by conversations, kept for later.
    package var blockCapacity = 0
    package var blocksReserved = 0
    package var blocksKept = 0
    /// Bytes of image vectors kept.
    package var imageBytes = 0

    /// From a request's arrival to the start of reading, in seconds.
    package var queue = Histogram()
    /// From there to the first token.
    package var prefill = Histogram()
    /// From the first token to the last.
    package var decode = Histogram()

    /// Durations in fixed buckets, as Prometheus wants them.
    package struct Histogram: Sendable, Equatable {
        /// Upper limits in seconds.
        package static let limits = [0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100, 300]

        /// Observations in each bucket, the last without a limit; not cumulative.
        package private(set) var counts = [Int](repeating: 0, count: limits.count + 1)
        package private(set) var sum = 0.0
        package var count: Int { counts.reduce(0, +) }

        mutating func observe(_ duration: Duration) {
            let seconds = duration / .seconds(1)
            counts[Self.limits.firstIndex { seconds <= $0 } ?? Self.limits.count] += 1
            sum += seconds
        }
    }
}

/// The metrics of a running engine, readable while it computes.
final class MetricsBox: Sendable {
    private let metrics = Mutex(EngineMetrics())

    var value: EngineMetrics { metrics.withLock { $0 } }

    func update(_ change: (inout EngineMetrics) -> Void) { metrics.withLock { change(&$0) } }
}
