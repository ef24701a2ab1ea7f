// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Foundation
import GlyphAPI
import GlyphHTTP
import Synchronization

/// Reads the jobs of a store, one after another, oldest first.
///
/// A job that cannot be finished because the service ends is left as `interrupted`. How a job ended is written as soon
/// as the database takes it; until then no other is begun.
final class JobRunner: Sendable {
    /// Does the work of a job.
    ///
    /// - Returns: The answer in JSON.
    typealias Work =
        @Sendable (_ job: JobRecord, _ progress: @Sendable (_ done: Int, _ count: Int) -> Void) async throws -> Data

    private struct Running {
        var id: String
        /// The work, once it has begun.
        var task: Task<Data, any Error>?
        /// Whether it is to end, or not to begin.
        var isStopped = false
        var windows: (done: Int, count: Int)?
    }

    private let store: ServiceStore
    private let running = Mutex<Running?>(nil)
    private let wakes: AsyncStream<Void>
    private let waker: AsyncStream<Void>.Continuation

    init(_ store: ServiceStore) {
        self.store = store
        (wakes, waker) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Says that there may be something to do.
    func wake() { waker.yield() }

    /// Ends the work of a job, if it is the one that is read now.
    func stop(_ id: String) {
        let task: Task<Data, any Error>? = running.withLock { running in
            guard running?.id == id else { return nil }
            running?.isStopped = true
            return running?.task
        }
        task?.cancel()
    }

    /// Windows of a job that have been read, if it is the one that is read now.
    func progress(of id: String) -> (done: Int, count: Int)? {
        running.withLock { $0?.id == id ? $0?.windows : nil }
    }

    /// Works until the task is cancelled.
    func run(_ work: @escaping Work) async {
        var iterator = wakes.makeAsyncIterator()
        while !Task.isCancelled {
            do {
                // Before the job is seen to be running, so that it can be stopped from then on.
                if let job = try await store.takeNextJob({ id in self.running.withLock { $0 = Running(id: id) } }) {
                    await perform(job, work)
                } else if await iterator.next() == nil {
                    return
                }
            } catch {
                running.withLock { $0 = nil }
                // The database is busy or the disk full: a while later it may not be.
                try? await Task.sleep(for: .seconds(1))
            }
        }
    }

    private func perform(_ job: JobRecord, _ work: @escaping Work) async {
        let task = Task {
            try await work(job) { done, count in
                self.running.withLock { if $0?.id == job.id { $0?.windows = (done, count) } }
            }
        }
        let isStopped = running.withLock { running in
            running?.task = task
            return running?.isStopped == true
        }
        if isStopped { task.cancel() }
        let result = await withTaskCancellationHandler {
            await task.result
        } onCancel: {
            task.cancel()
        }
        while true {
            do {
                try await note(result, of: job.id, isStopping: Task.isCancelled)
                break
            } catch {
                // Not written, it is found running at the next start and marked then.
                guard !Task.isCancelled else { break }
                try? await Task.sleep(for: .seconds(1))
            }
        }
        running.withLock { $0 = nil }
    }

    private func note(_ result: Result<Data, any Error>, of id: String, isStopping: Bool) async throws {
        switch result {
        case .success(let answer): try await store.endJob(id, .done, result: answer)
        case .failure(is CancellationError):
            try await store.endJob(id, isStopping ? .interrupted : .cancelled)
        case .failure(let fault):
            let error = try WireJSON.encode(ServerFault(service: fault).error)
            try await store.endJob(id, .failed, error: Data(error))
        }
    }
}
