// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Foundation
import Synchronization

/// The jobs whose answers are read for clients that wait.
///
/// A client hears of it when the database does not take how its job ended, and does not wait until it does: that is
/// tried again in the background, so that no job stays `running` that nobody reads.
final class AttachedJobs: Sendable {
    /// How a job ended.
    struct Ending: Sendable {
        var state: JobRecord.State
        /// The answer in JSON.
        var result: Data?
        /// OpenAI's error object in JSON.
        var error: Data?
    }

    private struct State {
        /// Those that are read now.
        var ids: Set<String> = []
        /// What still has to be written of others, oldest first.
        var waiting: [(id: String, ending: Ending)] = []
        /// Writes it, as long as there is any.
        var writer: Task<Void, Never>?
    }

    private let store: ServiceStore
    private let state = Mutex(State())

    init(_ store: ServiceStore) { self.store = store }

    /// Whether the answer of a job is read now.
    func contains(_ id: String) -> Bool { state.withLock { $0.ids.contains(id) } }

    /// Keeps a job whose answer is about to be read.
    ///
    /// - Returns: Its id.
    /// - Throws: What `ServiceStore.addJob` throws.
    func add(_ request: [UInt8], name: String, question: String) async throws -> String {
        let id = ServiceStore.newID("job")
        // Before the row is there: whoever sees that the job is running must find that somebody reads it.
        state.withLock { state in _ = state.ids.insert(id) }
        do {
            return try await store.addJob(request, name: name, question: question, state: .running, id: id).id
        } catch {
            state.withLock { state in _ = state.ids.remove(id) }
            throw error
        }
    }

    /// Writes how a job ended; of several endings of a job only the first counts.
    ///
    /// - Throws: `DatabaseError` if it cannot be written now; it is then tried again until it can.
    func end(_ id: String, _ ending: Ending) async throws {
        guard contains(id) else { return }
        defer { state.withLock { state in _ = state.ids.remove(id) } }
        do {
            try await write(ending, of: id)
        } catch {
            state.withLock { state in
                state.waiting.append((id, ending))
                if state.writer == nil { state.writer = Task { await self.writeLater() } }
            }
            throw error
        }
    }

    /// Gives up what still has to be written of a job that was moved to another state.
    func forget(_ id: String) {
        state.withLock { state in state.waiting.removeAll { $0.id == id } }
    }

    /// Ends what goes on in the background, after a last attempt.
    func close() async {
        let writer = state.withLock { $0.writer }
        writer?.cancel()
        await writer?.value
    }

    private func write(_ ending: Ending, of id: String) async throws {
        try await store.endJob(id, ending.state, result: ending.result, error: ending.error)
    }

    /// Writes what waits, one after another: attempts side by side would each hold the database up for its busy timeout.
    private func writeLater() async {
        var pause = 1.0
        while true {
            // Cut short by a cancellation, after which there is one more attempt. Not written then, a job is found
            // running at the next start and marked as interrupted.
            try? await Task.sleep(for: .seconds(pause))
            while let next = state.withLock({ $0.waiting.first }) {
                guard (try? await write(next.ending, of: next.id)) != nil else { break }
                forget(next.id)
                pause = 1
            }
            let isDone = state.withLock { state in
                guard state.waiting.isEmpty || Task.isCancelled else { return false }
                state.writer = nil
                return true
            }
            if isDone { return }
            pause = min(pause * 2, 30)
        }
    }
}
