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
        /// What still has to be written of others.
        var writing: [String: Task<Void, Never>] = [:]
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
            state.withLock { $0.writing[id] = Task { await self.writeLater(ending, of: id) } }
            throw error
        }
    }

    /// Gives up what still has to be written of a job that was moved to another state.
    func forget(_ id: String) {
        state.withLock { $0.writing[id] }?.cancel()
    }

    /// Ends what goes on in the background, each after a last attempt.
    func close() async {
        let tasks = state.withLock { Array($0.writing.values) }
        for task in tasks { task.cancel() }
        for task in tasks { await task.value }
    }

    private func write(_ ending: Ending, of id: String) async throws {
        try await store.endJob(id, ending.state, result: ending.result, error: ending.error)
    }

    private func writeLater(_ ending: Ending, of id: String) async {
        var isWritten = false
        repeat {
            // Cut short by a cancellation, after which there is one more attempt. Not written then, the job is found
            // running at the next start and marked as interrupted.
            try? await Task.sleep(for: .seconds(1))
            isWritten = (try? await write(ending, of: id)) != nil
        } while !isWritten && !Task.isCancelled
        state.withLock { $0.writing[id] = nil }
    }
}
