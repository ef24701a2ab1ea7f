// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import ArgumentParser
import Dispatch
import Foundation
import Synchronization

/// What happens on Ctrl-C: the program ends at once with status 130, or, once work has begun that leaves traces, after
/// that work has removed them.
///
/// The same on SIGTERM, with status 143, and when the terminal hangs up, with status 129.
final class Interrupt: Sendable {
    private let mustCleanUp = Mutex(false)
    /// The signal that came last.
    private let received = Mutex(SIGINT)

    /// From here on an interruption cancels the work and waits for it, so that nothing half written remains.
    func waitForCleanUp() { mustCleanUp.withLock { $0 = true } }

    /// The signals that interrupt; a hang-up only where it was not ignored from the start, as `nohup` has it.
    private static let signals: [Int32] = {
        // Setting it is the one way to ask that is the same on all systems.
        let before: (@convention(c) (Int32) -> Void)? = signal(SIGHUP, SIG_IGN)
        guard unsafeBitCast(before, to: Int.self) != unsafeBitCast(SIG_IGN, to: Int.self) else {
            return [SIGINT, SIGTERM]
        }
        signal(SIGHUP, before)
        return [SIGINT, SIGTERM, SIGHUP]
    }()

    /// The exit status after a signal, as shells count it.
    private static func status(after number: Int32) -> Int32 { 128 + number }

    /// Until ``guarding(_:)`` takes over, an interruption ends the program at once.
    static func endsProgram() {
        for number in signals {
            signal(number) { received in
                Interrupt.sayInterrupted()
                _exit(Interrupt.status(after: received))
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
                interrupt.received.withLock { $0 = number }
                task.cancel()
                interrupt.endUnlessCleaningUp()
            }
            source.resume()
            return source
        }
        let sources = signals.map { watch($0) }
        defer { for source in sources { source.cancel() } }
        do {
            return try await task.value
        } catch is CancellationError {
            sayInterrupted()
            throw ExitCode(interrupt.status)
        }
    }

    /// Ends the program while it holds the lock: work that leaves traces cannot begin meanwhile.
    private func endUnlessCleaningUp() {
        mustCleanUp.withLock { mustCleanUp in
            guard !mustCleanUp else { return }
            Self.sayInterrupted()
            // Other threads still work; exit() would take away what they use.
            _exit(status)
        }
    }

    private var status: Int32 { received.withLock { Self.status(after: $0) } }

    /// Safe in a signal handler; on a terminal the line with the progress bar or `^C` is removed first.
    private static func sayInterrupted() {
        let text: StaticString = "\r\u{1B}[KInterrupted.\n"
        let control = isatty(STDERR_FILENO) == 1 ? 0 : 4
        _ = write(STDERR_FILENO, text.utf8Start + control, text.utf8CodeUnitCount - control)
    }
}
