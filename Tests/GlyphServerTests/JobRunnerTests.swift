// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Foundation
import Testing

@testable import GlyphServer

@Suite(.serialized, .timeLimit(.minutes(2))) struct JobRunnerTests {
    @Test("a job is known to be read before its work begins, so its first progress is not lost")
    func early() async throws {
        try await ServiceHarness.withFolder { folder in
            let store = try ServiceStore(folder: folder)
            for number in 0..<20 {
                _ = try await store.addJob(Array("\(number)".utf8), name: "a", question: "q", state: .queued)
            }
            let runner = JobRunner(store)
            let task = Task {
                await runner.run { job, progress in
                    progress(1, 2)
                    guard runner.progress(of: job.id)?.done == 1 else { throw CancellationError() }
                    return Data("{}".utf8)
                }
            }
            let deadline = ContinuousClock.now + .seconds(20)
            while ContinuousClock.now < deadline {
                let jobs = try await store.jobs(ListRange(limit: 100), state: nil).rows
                if jobs.allSatisfy({ $0.ended != nil }) { break }
                try await Task.sleep(for: .milliseconds(10))
            }
            task.cancel()
            await task.value
            #expect(try await store.jobs(ListRange(limit: 100), state: .done).rows.count == 20)
        }
    }

    @Test("a job that is taken is told of, and one that is not there is not")
    func taking() async throws {
        try await ServiceHarness.withFolder { folder in
            let store = try ServiceStore(folder: folder)
            try await confirmation(expectedCount: 1) { taken in
                let none = try await store.takeNextJob { _ in taken() }
                #expect(none == nil)
                let job = try await store.addJob([1], name: "a", question: "q", state: .queued)
                let next = try await store.takeNextJob { id in
                    #expect(id == job.id)
                    taken()
                }
                #expect(next?.state == .running)
            }
        }
    }
}
