// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Runs a program on a file that may be hostile: apart from this process, with bounded time, memory and output.
struct LimitedProgram {
    /// What a run left.
    struct Outcome {
        var output: [UInt8]
        /// What the program said on standard error, its beginning.
        var message: String
        /// The exit status, or 128 and the number of the signal that ended it.
        var status: Int32
    }

    /// The program's name, looked up in the search path.
    let name: String
    /// What provides it, for the error when it is missing.
    let package: String
    let limits: DocumentLimits
    /// The most bytes of output.
    var outputLimit = 256 << 20

    /// Runs the program to its end.
    ///
    /// A shell sets the limits and then becomes the program: between `fork` and `exec` Swift code must not run.
    ///
    /// - Parameters:
    ///   - arguments: the program's arguments.
    ///   - file: the file they are about, for errors.
    ///   - descriptor: an open file that the program finds as `/dev/fd/3`.
    /// - Returns: what it wrote, whatever its exit status.
    /// - Throws: `InputError` when it is missing, runs out of its limits or cannot be started; `CancellationError`.
    func run(_ arguments: [String], on file: String, passing descriptor: Int32? = nil) throws -> Outcome {
        guard let path = Self.find(name) else {
            throw InputError(
                at: file,
                "needs the program \(name), which is not installed",
                expected: "\(name) in the search path",
                remedy: "Install it: apt-get install \(package)"
            )
        }
        let script =
            "ulimit -c 0; ulimit -v \(limits.programMemory / 1024) 2>/dev/null; "
            + "ulimit -t \(limits.programSeconds); ulimit -f 0; exec \"$0\" \"$@\""
        let words = ["sh", "-c", script, path] + arguments
        let (output, errors) = (try Pipe(), try Pipe())
        defer {
            output.closeAll()
            errors.closeAll()
        }
        let inherited = (output.writing, errors.writing, descriptor)
        let end = ContinuousClock.now + .seconds(limits.programSeconds)
        let pid = try Self.spawn(words, inherited, file)
        output.closeWriting()
        errors.closeWriting()
        var isCollected = false
        defer {
            // Its group, so that nothing it started outlives it.
            if !isCollected {
                kill(-pid, SIGKILL)
                _ = Self.wait(pid)
            }
        }
        let (content, message) = try collect(output.reading, errors.reading, until: end, file)
        guard let status = Self.wait(pid, until: end) else { throw tooSlow(file) }
        isCollected = true
        let result: Int32 =
            switch Spawn.Exit(status) {
            case .signal(SIGXCPU), .signal(SIGKILL): throw tooSlow(file)
            case .signal(let number): 128 + number
            case .status(let code): code
            }
        return Outcome(output: content, message: String(decoding: message, as: UTF8.self).trimmed, status: result)
    }

    /// Reads both streams until they end, the time is over or the output too long.
    private func collect(
        _ output: Int32,
        _ errors: Int32,
        until end: ContinuousClock.Instant,
        _ file: String
    ) throws -> ([UInt8], [UInt8]) {
        var (content, message): ([UInt8], [UInt8]) = ([], [])
        var streams = [pollfd(fd: output, events: Int16(POLLIN), revents: 0)]
        streams.append(pollfd(fd: errors, events: Int16(POLLIN), revents: 0))
        var piece = [UInt8](repeating: 0, count: 1 << 16)
        while streams.contains(where: { $0.fd >= 0 }) {
            try Task.checkCancellation()
            guard ContinuousClock.now < end else { throw tooSlow(file) }
            guard poll(&streams, nfds_t(streams.count), 100) >= 0 || errno == EINTR else { break }
            for index in streams.indices where streams[index].fd >= 0 && streams[index].revents != 0 {
                let count = read(streams[index].fd, &piece, piece.count)
                if count < 0, errno == EINTR { continue }
                if count <= 0 {
                    streams[index].fd = -1
                } else if index == 1 {
                    message += piece[..<min(count, max(0, 4096 - message.count))]
                } else {
                    content += piece[..<count]
                    guard content.count <= outputLimit else {
                        throw InputError(
                            at: file,
                            "makes \(name) write more than \(outputLimit) bytes",
                            expected: "at most \(outputLimit)",
                            remedy: "Split the document"
                        )
                    }
                }
            }
        }
        return (content, message)
    }

    private func tooSlow(_ file: String) -> InputError {
        InputError(
            at: file,
            "keeps \(name) busy for more than \(limits.programSeconds) seconds, or needs too much memory",
            expected: "a document that can be read in that time",
            remedy: "Split it, or make it again with another program"
        )
    }

    private static func spawn(
        _ words: [String],
        _ inherited: (output: Int32, errors: Int32, file: Int32?),
        _ file: String
    ) throws -> pid_t {
        // Nothing of this process's surroundings is a document's business; messages come in English.
        let (pid, error) = Spawn.start(
            "/bin/sh",
            words,
            environment: ["PATH=/usr/local/bin:/usr/bin:/bin", "LC_ALL=C.UTF-8", "HOME=/"],
            output: inherited.output,
            errors: inherited.errors,
            file: inherited.file,
            ownGroup: true
        )
        guard error == 0 else {
            throw InputError(at: file, "cannot be read: no program can be started: \(String(cString: strerror(error)))")
        }
        return pid
    }

    private static func wait(_ pid: pid_t) -> Int32 {
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0 { if errno != EINTR { return -1 } }
        return status
    }

    /// The program's status, or nil when it has not ended by then.
    private static func wait(_ pid: pid_t, until end: ContinuousClock.Instant) -> Int32? {
        var status: Int32 = 0
        while true {
            let ended = waitpid(pid, &status, WNOHANG)
            if ended == pid { return status }
            if ended < 0, errno != EINTR { return -1 }
            guard ContinuousClock.now < end else { return nil }
            poll(nil, 0, 2)
        }
    }

    /// The program's path.
    ///
    /// Only the system's folders are searched: what surrounds a document must not choose what runs.
    static func find(_ name: String) -> String? {
        ["/usr/local/bin", "/usr/bin", "/bin", "/opt/homebrew/bin"].map { "\($0)/\(name)" }
            .first { access($0, X_OK) == 0 }
    }

    /// A pipe whose ends no other child inherits; closed with the last reference at the latest.
    private final class Pipe {
        private(set) var reading: Int32
        private(set) var writing: Int32

        init() throws {
            let ends = try PipeEnds()
            (reading, writing) = (ends.reading, ends.writing)
        }

        deinit { closeAll() }

        func closeWriting() {
            if writing >= 0 { close(writing) }
            writing = -1
        }

        func closeAll() {
            closeWriting()
            if reading >= 0 { close(reading) }
            reading = -1
        }
    }
}
