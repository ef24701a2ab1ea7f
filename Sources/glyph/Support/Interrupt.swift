// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import ArgumentParser
import Dispatch
import Foundation
import Synchronization

/// What happens on Ctrl-C (or SIGTERM): the program ends at once with status 130, or, once work has begun that leaves
/// traces, after that work has removed them.
final class Interrupt: Sendable {
    private let mustCleanUp = Mutex(false)

    /// From here on an interruption cancels the work and waits for it, so that nothing half written remains.
    func waitForCleanUp() { mustCleanUp.withLock { $0 = true } }

    /// Until ``guarding(_:)`` takes over, an interruption ends the program at once.
    static func endsProgram() {
        for number in [SIGINT, SIGTERM] {
            signal(number) { _ in
                Interrupt.sayInterrupted()
                _exit(130)
            }
        }
    }

    /// Runs work that may be interrupted.
    static func guarding<Result: Sendable>(
        _ work: @escaping @Sendable (Interrupt) async throws -> Result
    ) async throws -> Result {
        let interrupt = Interrupt()
        let task = Task(executorPreference: ThreadPool.preferred) { try await work(interrupt) }
        func watch(_ number: Int32) -> any DispatchSourceSignal {
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number)
            source.setEventHandler {
                task.cancel()
                interrupt.endUnlessCleaningUp()
            }
            source.resume()
            return source
        }
        let (interruption, termination) = (watch(SIGINT), watch(SIGTERM))
        defer {
            interruption.cancel()
            termination.cancel()
        }
        do {
            return try await task.value
        } catch is CancellationError {
            sayInterrupted()
            throw ExitCode(130)
        }
    }

    /// Ends the program while it holds the lock: work that leaves traces cannot begin meanwhile.
    private func endUnlessCleaningUp() {
        mustCleanUp.withLock { mustCleanUp in
            guard !mustCleanUp else { return }
            Self.sayInterrupted()
            // Other threads still work; exit() would take away what they use.
            _exit(130)
        }
    }

    /// Safe in a signal handler; on a terminal the line with the progress bar or `^C` is removed first.
    private static func sayInterrupted() {
        let text: StaticString = "\r\u{1B}[KInterrupted.\n"
        let control = isatty(STDERR_FILENO) == 1 ? 0 : 4
        _ = write(STDERR_FILENO, text.utf8Start + control, text.utf8CodeUnitCount - control)
    }
}
