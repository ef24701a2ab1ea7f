// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Dispatch

/// Runs work that computes or waits for other programs on threads of its own.
///
/// Swift's own threads are as few as the processors; a PDF that takes a minute to read on one of them would hold up
/// every stream that shares it.
final class ComputeExecutor: TaskExecutor {
    private let queue = DispatchQueue(label: "glyph.compute", attributes: .concurrent)

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
