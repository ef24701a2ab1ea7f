// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Dispatch
import Foundation
import GlyphEngine

/// How the program is started and ended: by a person at a terminal, or by `glyph` as its child.
///
/// A supervised engine lives exactly as long as its parent: the parent holds the other end of standard input, and
/// however the parent dies, the kernel closes it. It says on standard output when it is ready, and why not on standard
/// error.
struct Supervision: Sendable {
    /// Seconds for requests in flight to be told that the engine stops.
    private static let patience = 5.0

    let isSupervised: Bool
    let socket: EngineSocket?

    /// Call before the model loads: a parent that dies meanwhile must not leave a process behind.
    func start() {
        // Only its owner may connect to a socket made from here on.
        umask(0o077)
        signal(SIGPIPE, SIG_IGN)
        guard isSupervised else { return }
        // Ctrl-C reaches the whole foreground group; the parent decides what it means.
        signal(SIGINT, SIG_IGN)
        let cleanUp = self
        let watcher = Thread {
            var byte: UInt8 = 0
            while true {
                let count = read(STDIN_FILENO, &byte, 1)
                if count > 0 || (count < 0 && errno == EINTR) { continue }
                break
            }
            cleanUp.removeSocket()
            // Other threads compute; exit() would take away what they use.
            _exit(0)
        }
        watcher.start()
    }

    /// Runs the server until a signal asks it to stop.
    func guarding(_ work: @escaping @Sendable () async throws -> Void) async throws {
        let task = Task { try await work() }
        let numbers = isSupervised ? [SIGTERM] : [SIGINT, SIGTERM]
        let sources = numbers.map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number)
            source.setEventHandler {
                task.cancel()
                // A step of a large model takes longer than whoever stops the engine wants to wait.
                DispatchQueue.global().asyncAfter(deadline: .now() + Self.patience) {
                    removeSocket()
                    _exit(0)
                }
            }
            source.resume()
            return source
        }
        defer {
            sources.forEach { $0.cancel() }
            removeSocket()
        }
        try await task.value
    }

    /// Says that connections are accepted.
    func announce(_ model: String, port: Int?) {
        socket?.isListening()
        if isSupervised {
            write(STDOUT_FILENO, "ready\n")
        } else {
            let place = socket.map { "unix://\($0.path)" } ?? "http://127.0.0.1:\(port ?? 0)/v1"
            write(STDERR_FILENO, "Serving \(model) at \(place). Ctrl-C stops it.\n")
        }
    }

    /// Leaves nothing behind: the socket and, if it was made for it alone, its folder.
    private func removeSocket() {
        guard let socket else { return }
        socket.remove()
        if isSupervised { rmdir((socket.path as NSString).deletingLastPathComponent) }
    }

    private func write(_ descriptor: Int32, _ text: String) {
        let bytes = Array(text.utf8)
        _ = Foundation.write(descriptor, bytes, bytes.count)
    }
}
