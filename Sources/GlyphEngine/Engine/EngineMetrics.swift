// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Synchronization

/// What an engine has done so far and holds now.
public struct EngineMetrics: Sendable, Equatable {
    /// Requests by how they ended.
    public var completed = 0
    public var cancelled = 0
    public var failed = 0
    public var refused = 0
    /// Prompt tokens, those from the prefix cache included.
    public var promptTokens = 0
    public var cachedPromptTokens = 0
    public var completionTokens = 0
    /// Images looked at, and images whose vectors were at hand.
    public var imagesEncoded = 0
    public var imagesReused = 0
    /// Steps of each kind.
    public var lookSteps = 0
    public var readSteps = 0
    public var writeSteps = 0

    /// Conversations now.
    public var waiting = 0
    public var running = 0
    /// Blocks of keys and values: all, reserved by conversations, kept for later.
    public var blockCapacity = 0
    public var blocksReserved = 0
    public var blocksKept = 0
    /// Bytes of image vectors kept.
    public var imageBytes = 0

    /// From a request's arrival to the start of reading, in seconds.
    public var queue = Histogram()
    /// From there to the first token.
    public var prefill = Histogram()
    /// From the first token to the last.
    public var decode = Histogram()

    /// Durations in fixed buckets, as Prometheus wants them.
    public struct Histogram: Sendable, Equatable {
        /// Upper limits in seconds.
        public static let limits = [0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100, 300]

        /// Observations in each bucket, the last without a limit; not cumulative.
        public private(set) var counts = [Int](repeating: 0, count: limits.count + 1)
        public private(set) var sum = 0.0
        public var count: Int { counts.reduce(0, +) }

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
