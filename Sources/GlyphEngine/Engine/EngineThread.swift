// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Foundation

/// A thread of its own for the engine's actor.
///
/// A step of a model computes for milliseconds to seconds. On the cooperative pool, which has one thread for each
/// processor, that would stop the server from answering anybody; and tensor libraries keep their workers for the thread
/// that calls them.
final class EngineThread: SerialExecutor, @unchecked Sendable {
    // Guarded by `condition`.
    private let condition = NSCondition()
    private var jobs: [UnownedJob] = []
    private var isEnding = false

    init(name: String) {
        // The thread holds its executor until `end()` lets it go.
        let thread = Thread { self.run() }
        thread.name = name
        // Deep models recurse in their libraries; 512 KiB, the default, is tight.
        thread.stackSize = 8 << 20
        thread.start()
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        condition.lock()
        jobs.append(job)
        condition.signal()
        condition.unlock()
    }

    func asUnownedSerialExecutor() -> UnownedSerialExecutor {
        UnownedSerialExecutor(ordinary: self)
    }

    /// Lets the thread end once its jobs are done.
    func end() {
        condition.lock()
        isEnding = true
        condition.signal()
        condition.unlock()
    }

    private func run() {
        while true {
            condition.lock()
            while jobs.isEmpty, !isEnding { condition.wait() }
            let batch = jobs
            jobs.removeAll(keepingCapacity: true)
            let ends = batch.isEmpty && isEnding
            condition.unlock()
            if ends { return }
            for job in batch { job.runSynchronously(on: asUnownedSerialExecutor()) }
        }
    }
}
