// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Testing

@testable import GlyphReading

@Suite(.timeLimit(.minutes(1))) struct WatchdogTests {
    @Test("a deadline that moves closer while it is slept for is met")
    func movesCloser() async throws {
        let watchdog = Watchdog(waitingFor: .firstToken, within: .seconds(600), shortest: .milliseconds(50))
        let started = ContinuousClock.now
        let watch = Task { try await watchdog.watch() }
        try await Task.sleep(for: .milliseconds(10))
        watchdog.expect(.nextBytes, within: .milliseconds(50))
        await #expect(throws: Watchdog.Expired(wait: .nextBytes, limit: .milliseconds(50))) { try await watch.value }
        #expect(.now - started < .seconds(60))
    }

    @Test("progress keeps it quiet, and cancelling ends it")
    func progress() async throws {
        let watchdog = Watchdog(waitingFor: .firstToken, within: .seconds(5), shortest: .seconds(5))
        let watch = Task { try await watchdog.watch() }
        watchdog.expect(.nextBytes, within: .seconds(600))
        watch.cancel()
        await #expect(throws: CancellationError.self) { try await watch.value }
    }
}
