// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphAPI
import Testing

@testable import GlyphReading

@Suite struct RetryScheduleTests {
    private func failure(
        _ kind: ReadingError.Kind,
        problem: String = "x",
        report: APIError? = nil,
        retryAfter: Duration? = nil
    ) -> ReadingError {
        ReadingError(kind, endpoint: "e", problem: problem, report: report, retryAfter: retryAfter)
    }

    private func pauses(seed: UInt64, count: Int = 10) -> [Duration] {
        var schedule = RetrySchedule(
            RetryPolicy(maximumAttempts: count + 1, baseDelay: .seconds(1), maximumDelay: .seconds(8), seed: seed)
        )
        return (0..<count).compactMap { _ in schedule.pause(after: failure(.serverFailure)) }
    }

    @Test("pauses double up to the longest, each between half and whole")
    func backOff() {
        for (index, pause) in pauses(seed: 1).enumerated() {
            let whole = Duration.seconds(min(1 << index, 8))
            #expect(pause >= whole / 2 && pause <= whole, "retry \(index + 1): \(pause)")
        }
    }

    @Test("the same seed gives the same pauses, another seed others")
    func seeded() {
        #expect(pauses(seed: 5) == pauses(seed: 5))
        #expect(pauses(seed: 5) != pauses(seed: 6))
    }

    @Test("attempts end at the maximum")
    func maximum() {
        #expect(pauses(seed: 1, count: 3).count == 3)
        var once = RetrySchedule(RetryPolicy(maximumAttempts: 1, seed: 1))
        #expect(once.pause(after: failure(.refused)) == nil)
        #expect(once.attempts == 1)
    }

    @Test("only what time may cure is tried again")
    func transient() {
        let transient = ReadingError.Kind.allCases.filter { failure($0).isTransient }
        #expect(transient == [.rateLimited, .serverFailure, .refused, .connectionLost])
        let (word, type) = ("insufficient_quota", "tokens")
        #expect(!failure(.rateLimited, report: APIError(message: "m", type: type, code: word)).isTransient)
        #expect(!failure(.rateLimited, report: APIError(message: "m", type: word)).isTransient)
        #expect(failure(.rateLimited, problem: "this is no insufficient_quota").isTransient)
    }

    @Test("a server's pause is kept, and one that is too long ends the attempts")
    func retryAfter() {
        var schedule = RetrySchedule(RetryPolicy(baseDelay: .milliseconds(1), maximumServerDelay: .seconds(9), seed: 1))
        #expect(schedule.pause(after: failure(.rateLimited, retryAfter: .seconds(9))) == .seconds(9))
        #expect(schedule.pause(after: failure(.rateLimited, retryAfter: .seconds(10))) == nil)
    }
}

@Suite struct RetryAfterTests {
    private func pause(_ headers: [String: String], now: Double = 784_111_700) -> Duration? {
        RetryAfter.pause(headers: { headers[$0] }, now: now)
    }

    @Test("seconds, milliseconds and dates are understood")
    func forms() {
        #expect(pause(["retry-after": "3"]) == .seconds(3))
        #expect(pause(["retry-after": "0.5"]) == .milliseconds(500))
        #expect(pause(["retry-after": "9", "retry-after-ms": "250"]) == .milliseconds(250))
        #expect(pause(["retry-after": "Sun, 06 Nov 1994 08:49:37 GMT"]) == .seconds(77))
        #expect(pause(["retry-after": "Sun, 06 Nov 1994 08:49:37 GMT"], now: 9e9) == .zero)
        #expect(RetryAfter.secondsSince1970("Thu, 29 Feb 2024 23:59:59 GMT") == 1_709_251_199)
        #expect(RetryAfter.secondsSince1970("Thu, 01 Jan 1970 00:00:00 GMT") == 0)
        #expect(RetryAfter.secondsSince1970("Sat, 31 Dec 2016 23:59:60 GMT") == 1_483_228_800)
    }

    @Test(
        "nonsense is no pause",
        arguments: [
            "", "-1", "nan", "inf", "soon", "Sun, 06 Nox 1994 08:49:37 GMT", "Sun, 06 Nov 1994 24:00:00 GMT",
            "Sun, 06 Nov 1994 9223372036854775807:00:00 GMT", "Sun, 06 Nov 1994 00:9223372036854775807:00 GMT",
            "Sun, 06 Nov 1994 00:00:9223372036854775807 GMT", "Sun, 06 Nov 1994 00:-9223372036854775808:00 GMT",
        ]
    )
    func nonsense(_ value: String) {
        #expect(pause(["retry-after": value]) == nil)
    }

    @Test("an absurd pause does not overflow")
    func absurd() {
        #expect(pause(["retry-after": "1e300"]) == .seconds(31_536_000))
    }
}
