// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Synchronization
import Testing

@testable import GlyphServer

@Suite(.timeLimit(.minutes(1))) struct PlaceQueueTests {
    @Test("no more than the places are taken at a time, and everybody gets one")
    func bound() async throws {
        let queue = PlaceQueue(places: 3, waiting: 1000)
        let gauge = Gauge()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<200 {
                group.addTask {
                    try await queue.withPlace {
                        gauge.enter()
                        await Task.yield()
                        gauge.leave()
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(gauge.most <= 3)
        #expect(queue.load == (0, 0))
    }

    @Test("waiting tasks that are cancelled at any moment leak no place")
    func cancellation() async throws {
        let queue = PlaceQueue(places: 1, waiting: 1000)
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<300 {
                group.addTask {
                    let task = Task { try await queue.withPlace { await Task.yield() } }
                    if number % 2 == 0 { await Task.yield() }
                    if number % 3 != 0 { task.cancel() }
                    _ = await task.result
                }
            }
        }
        #expect(queue.load == (0, 0))
        try await queue.withPlace {}
    }

    @Test("whoever cannot be told its position leaves the queue")
    func failure() async throws {
        struct Gone: Error {}
        let queue = PlaceQueue(places: 1, waiting: 1)
        try await queue.withPlace {
            await #expect(throws: Gone.self) {
                try await queue.withPlace(onWaiting: { _ in throw Gone() }) {}
            }
            #expect(queue.load == (1, 0))
        }
        #expect(queue.load == (0, 0))
    }
}

/// How many are inside, and how many were at most.
private final class Gauge: Sendable {
    private let state = Mutex((now: 0, most: 0))

    var most: Int { state.withLock { $0.most } }

    func enter() {
        state.withLock { state in
            state.now += 1
            state.most = max(state.most, state.now)
        }
    }

    func leave() { state.withLock { $0.now -= 1 } }
}
