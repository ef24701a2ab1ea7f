// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage
import NIOCore
import NIOPosix
import Synchronization

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// One run of an engine, from its start to its end.
final class EngineLaunch: Sendable {
    /// What decides whether the start has succeeded.
    private enum Signal: Sendable {
        case ready
        case exited
        case overdue
    }

    let socket: String
    private let folder: String
    private let child: ChildProcess
    private let words = Mutex<[UInt8]>([])
    /// All that the engine will ever say has been read.
    private let isSilent = Mutex(false)

    /// The most that is kept of what the engine says.
    private static let wordLimit = 8 << 10

    /// Starts an engine; it is not ready yet.
    ///
    /// - Throws: `InputError` if there is no such program or no folder for the socket.
    init(_ configuration: EngineProcess.Configuration) throws {
        folder = try Self.makeFolder()
        socket = folder + "/engine.sock"
        do {
            child = try ChildProcess.start(
                configuration.program,
                ["serve", "--model", configuration.model, "--socket", socket, "--supervised"] + configuration.arguments,
                environment: EngineEnvironment.variables
            )
        } catch {
            rmdir(folder)
            throw error
        }
    }

    deinit { end() }

    /// The engine has ended, however.
    var hasEnded: Bool { child.poll() != nil }

    /// Waits until the engine accepts connections.
    ///
    /// - Throws: `ReadingError` with the engine's last words if it ends first or takes too long.
    func waitUntilReady(within limit: Duration, model: String) async throws {
        let (signals, continuation) = AsyncStream<Signal>.makeStream()
        let (output, errors) = try await (Self.channel(child.output), Self.channel(child.errors))
        // These tasks end with the process they listen to.
        let streams = [
            Task { await self.listen(to: output) { if $0.contains("ready") { continuation.yield(.ready) } } },
            Task { await self.listen(to: errors) { self.keep($0) } },
        ]
        Task {
            for stream in streams { await stream.value }
            await self.collect()
            continuation.yield(.exited)
        }
        let timer = Task {
            try await Task.sleep(for: limit)
            continuation.yield(.overdue)
        }
        defer { timer.cancel() }
        var iterator = signals.makeAsyncIterator()
        switch await iterator.next() {
        case .ready:
            return
        case .exited:
            throw failure("could not be started", model: model)
        case .overdue:
            let fault = failure("was not ready within \(Int(limit.seconds)) s", model: model)
            kill()
            throw fault
        case nil:
            kill()
            throw CancellationError()
        }
    }

    /// How the engine ended, if it does so within a moment; nil if it lives.
    func ending(within limit: Duration) async -> Spawn.Exit? {
        await Self.wait(within: limit) { self.hasEnded }
        guard let exit = child.poll() else { return nil }
        // A process that it started may hold its pipes open, so its last words are not waited for forever.
        await Self.wait(within: .milliseconds(200)) { self.isSilent.withLock { $0 } }
        removeFiles()
        return exit
    }

    private static func wait(within limit: Duration, until condition: () -> Bool) async {
        let deadline = ContinuousClock.now + limit
        while !condition(), ContinuousClock.now < deadline, !Task.isCancelled {
            try? await Task.sleep(for: .milliseconds(5))
        }
    }

    /// An error with what is known of the engine's end.
    func failure(_ what: String, model: String) -> ReadingError {
        var problem = "the engine \(what)"
        if let exit = child.poll() { problem += " (\(exit))" }
        let said = words.withLock { String(decoding: $0, as: UTF8.self) }
        let lines = said.split(whereSeparator: \.isNewline).suffix(6).joined(separator: "\n")
        if !lines.isEmpty { problem += ": " + lines.suffix(1500) }
        return ReadingError(.engineFailure, endpoint: model, problem: problem)
    }

    /// Asks the engine to end.
    func end() {
        child.closeInput()
    }

    /// Ends the engine at once.
    func kill() {
        child.send(signal: SIGKILL)
        child.closeInput()
    }

    private func keep(_ text: String) {
        words.withLock { words in
            words.append(contentsOf: text.utf8)
            if words.count > Self.wordLimit { words.removeFirst(words.count - Self.wordLimit) }
        }
    }

    private func listen(
        to channel: NIOAsyncChannel<ByteBuffer, Never>,
        _ take: @escaping @Sendable (String) -> Void
    ) async {
        // A pipe that breaks has said all it will say.
        try? await channel.executeThenClose { inbound in
            for try await buffer in inbound { take(String(buffer: buffer)) }
        }
    }

    /// Waits for the process itself, whose pipes close a moment before it ends, and removes what it may have left.
    private func collect() async {
        isSilent.withLock { $0 = true }
        while !hasEnded { try? await Task.sleep(for: .milliseconds(5)) }
        removeFiles()
    }

    /// An engine that could end in peace has done so itself.
    private func removeFiles() {
        unlink(socket)
        rmdir(folder)
    }

    private static func channel(_ descriptor: CInt) async throws -> NIOAsyncChannel<ByteBuffer, Never> {
        try await NIOPipeBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .takingOwnershipOfDescriptor(input: descriptor) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel(wrappingChannelSynchronously: channel)
                }
            }
    }

    /// A folder that only this user can enter, with a path short enough for a socket.
    private static func makeFolder() throws -> String {
        let environment = ProcessInfo.processInfo.environment
        for parent in [environment["XDG_RUNTIME_DIR"], environment["TMPDIR"], "/tmp"] {
            guard let parent, parent.utf8.count < 70 else { continue }
            var template = Array("\(parent)/glyph-XXXXXX".utf8CString)
            if mkdtemp(&template) != nil {
                return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
            }
        }
        throw InputError(at: "/tmp", "no folder can be made there for the engine's socket")
    }
}
