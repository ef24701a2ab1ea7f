// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphAPI
import GlyphPage

/// When a failed request is sent again.
///
/// Only failures that time may cure are retried, and only while nothing of the answer has arrived: a second answer
/// glued to half of a first one would be worse than an error.
public struct RetryPolicy: Sendable {
    /// How often a request is sent at most; 1 never retries.
    public var maximumAttempts: Int
    /// The pause before the first retry; it doubles from there on.
    public var baseDelay: Duration
    /// The longest pause of our own choosing.
    public var maximumDelay: Duration
    /// The longest pause that a server may ask for; beyond it, the request fails at once and says so.
    public var maximumServerDelay: Duration
    /// Seeds the jitter, so that a run can be repeated exactly.
    public var seed: UInt64

    public init(
        maximumAttempts: Int = 4,
        baseDelay: Duration = .milliseconds(500),
        maximumDelay: Duration = .seconds(30),
        maximumServerDelay: Duration = .seconds(120),
        seed: UInt64
    ) {
        self.maximumAttempts = maximumAttempts
        self.baseDelay = baseDelay
        self.maximumDelay = maximumDelay
        self.maximumServerDelay = maximumServerDelay
        self.seed = seed
    }
}

/// The retries of one request: a pure state machine, told of each failure, saying how long to wait.
struct RetrySchedule {
    private let policy: RetryPolicy
    private var generator: SplitMix64
    /// How often the request was sent.
    private(set) var attempts = 1

    init(_ policy: RetryPolicy) {
        self.policy = policy
        generator = SplitMix64(state: policy.seed)
    }

    /// The pause before the next attempt, or nil to give up.
    mutating func pause(after failure: ReadingError) -> Duration? {
        guard failure.isTransient, attempts < policy.maximumAttempts else { return nil }
        if let asked = failure.retryAfter, asked > policy.maximumServerDelay { return nil }
        let doublings = min(attempts - 1, 30)
        let delay = min(policy.baseDelay * (1 << doublings), policy.maximumDelay)
        attempts += 1
        // Half fixed, half random: requests that failed together do not come back together, yet none comes at once.
        let jittered = delay * Double.random(in: 0.5...1, using: &generator)
        return max(jittered, failure.retryAfter ?? .zero)
    }
}

extension ReadingError {
    /// Whether the same request may succeed later; `kind` alone does not say it.
    var isTransient: Bool {
        switch kind {
        case .refused, .connectionLost, .serverFailure: true
        case .rateLimited: !isQuotaExhausted
        default: false
        }
    }

    /// OpenAI uses 429 for an empty account as well; waiting does not fill it.
    private var isQuotaExhausted: Bool { [report?.code, report?.type].contains("insufficient_quota") }
}
