// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import CProcess
import Dispatch
import Foundation
import Synchronization

/// The threads of a command that draws pages and ends: the first thread, and one more for every other processor.
///
/// The system's pool has more threads than processors while the first works too, and each sleeps as soon as it finds
/// nothing to do. Linux often wakes one on the processor of the thread that woke it, where both then share a processor,
/// beside one that is idle, for 4 ms and longer: as long as drawing five pages.
final class ThreadPool: TaskExecutor {
    /// What tasks of this run prefer; nil leaves them to the system's pool.
    static let preferred: ThreadPool? = Ahead.isWorthwhile ? ThreadPool() : nil

    // A type of its own, because an array of jobs is one that the runtime has to make (docs/architecture.md).
    private struct Entry {
        var job: UnownedJob
    }

    private let queue = Mutex<[Entry]>([])
    private let waiting = Atomic(0)
    private let semaphore = DispatchSemaphore(value: 0)
    /// How often a thread looks before it sleeps, which is about 50 µs.
    private static let patience = 1000

    private init() {
        for _ in 1..<max(1, Int(cprocess_processors())) {
            var thread = pthread_t()
            // One that cannot be started leaves its work to the others.
            pthread_create(
                &thread,
                nil,
                { pool in Unmanaged<ThreadPool>.fromOpaque(pool.unsafelyUnwrapped).takeUnretainedValue().work() },
                Unmanaged.passUnretained(self).toOpaque()
            )
        }
    }

    /// Starts a task that belongs to no other.
    @discardableResult
    static func start<Result: Sendable>(
        _ work: @escaping @Sendable () async throws -> Result
    ) -> Task<Result, any Error> {
        Task.detached(executorPreference: preferred, operation: work)
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let entry = Entry(job: UnownedJob(job))
        queue.withLock { $0.append(entry) }
        waiting.add(1, ordering: .releasing)
        semaphore.signal()
    }

    /// Works until the program ends.
    func work() -> Never {
        let executor = asUnownedTaskExecutor()
        while true {
            for _ in 0..<Self.patience {
                if waiting.load(ordering: .relaxed) > 0 { break }
                cprocess_relax()
            }
            semaphore.wait()
            waiting.subtract(1, ordering: .relaxed)
            let entry = queue.withLock { $0.removeFirst() }
            entry.job.runSynchronously(on: executor)
        }
    }
}
