// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Dispatch
import Foundation
import Synchronization

/// Whether someone pressed Ctrl-C or asked the process to end; a second time ends it at once.
final class StopRequest: Sendable {
    /// The signal that came first.
    private let received = Mutex<Int32?>(nil)
    /// Kept, because a source ends with its last reference; nothing changes them after `init`.
    nonisolated(unsafe) private var sources: [any DispatchSourceSignal] = []

    var isRequested: Bool { status != nil }

    /// The exit status for the signal, as shells count it: 130 after Ctrl-C.
    var status: Int32? { received.withLock { $0.map { 128 + $0 } } }

    init() {
        for number in [SIGINT, SIGTERM] {
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { [weak self] in self?.ask(number) }
            source.resume()
            sources.append(source)
        }
    }

    private func ask(_ number: Int32) {
        let isSecond = received.withLock { received in
            defer { received = received ?? number }
            return received != nil
        }
        // Other threads compute; exit() would take away what they use.
        if isSecond { _exit(128 + number) }
        TrainingView.say("\nStopping after this step; press Ctrl-C again to stop at once.")
    }
}
