// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import CProcess
import Dispatch
import Foundation
import Synchronization

/// The threads of a command that draws pages and ends: the first thread, and at most one more for every other processor,
/// started when there is work for it.
///
/// The system's pool has more threads than processors while the first works too, and each sleeps as soon as it finds
/// nothing to do. Linux often wakes one on the processor of the thread that woke it, where both then share a processor,
/// beside one that is idle, for 4 ms and longer: as long as drawing five pages. So threads seldom sleep, and while pages
/// become files each keeps to a processor.
final class ThreadPool: TaskExecutor {
    /// What tasks of this run prefer; nil leaves them to the system's pool.
    static let preferred: ThreadPool? = Ahead.isWorthwhile ? ThreadPool() : nil
    /// How many processors this process may use; asked once, because the answer is in files.
    static let processors = Int(cprocess_processors())

    // A type of its own, because an array of jobs is one that the runtime has to make (docs/architecture.md).
    private struct Entry {
        var job: UnownedJob
    }

    private struct State {
        var jobs: [Entry] = []
        /// Threads beside the first, and how many of all look for work.
        var started = 0
        var idle = 0
    }

    private let state = Mutex(State())
    private let waiting = Atomic(0)
    private let semaphore = DispatchSemaphore(value: 0)
    private let areApart = Atomic(false)
    private let mostStarted = processors - 1
    /// How often a thread looks before it sleeps, which is about 50 µs.
    private static let patience = 1000

    /// Starts a task that belongs to no other.
    @discardableResult
    static func start<Result: Sendable>(
        _ work: @escaping @Sendable () async throws -> Result
    ) -> Task<Result, any Error> {
        Task.detached(executorPreference: preferred, operation: work)
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let entry = Entry(job: UnownedJob(job))
        let needsThread = state.withLock { state in
            state.jobs.append(entry)
            guard state.idle < state.jobs.count, state.started < mostStarted else { return false }
            state.started += 1
            return true
        }
        waiting.add(1, ordering: .releasing)
        semaphore.signal()
        if needsThread { startThread() }
    }

    private func startThread() {
        var thread = pthread_t()
        // One that cannot be started leaves its work to the others.
        pthread_create(
            &thread,
            nil,
            { pool in Unmanaged<ThreadPool>.fromOpaque(pool.unsafelyUnwrapped).takeUnretainedValue().work() },
            Unmanaged.passUnretained(self).toOpaque()
        )
    }

    /// Keeps the calling thread on a processor of its own from now on, and the others from their next work on.
    ///
    /// Threads and programs that they start inherit the processor, so this is not for commands that start readers.
    func keepApart() {
        guard mostStarted > 0 else { return }
        areApart.store(true, ordering: .relaxed)
        cprocess_stay_apart()
    }

    /// Works until the program ends.
    func work() -> Never {
        let executor = asUnownedTaskExecutor()
        while true {
            state.withLock { $0.idle += 1 }
            for _ in 0..<Self.patience {
                if waiting.load(ordering: .relaxed) > 0 { break }
                cprocess_relax()
            }
            semaphore.wait()
            waiting.subtract(1, ordering: .relaxed)
            let entry = state.withLock { state in
                state.idle -= 1
                return state.jobs.removeFirst()
            }
            if areApart.load(ordering: .relaxed) { cprocess_stay_apart() }
            entry.job.runSynchronously(on: executor)
        }
    }
}
