// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A child process whose standard streams are pipes to this one.
///
/// The child's standard input is the thread that its life hangs on: this process holds the other end and never writes.
/// However this process ends, the kernel closes that end, and a child that watches its input knows.
final class ChildProcess: Sendable {
    let pid: pid_t
    /// The reading ends of standard output and standard error; whoever reads them closes them.
    let output: CInt
    let errors: CInt
    private let input: Mutex<CInt?>
    private let exit = Mutex<Spawn.Exit?>(nil)

    private init(pid: pid_t, input: CInt, output: CInt, errors: CInt) {
        self.pid = pid
        self.input = Mutex(input)
        self.output = output
        self.errors = errors
    }

    deinit { closeInput() }

    /// Starts a program.
    ///
    /// - Parameters:
    ///   - program: The path of the executable file.
    ///   - arguments: Its arguments, without the name.
    ///   - environment: Its variables, or nil for those of this process.
    /// - Returns: The running process.
    /// - Throws: `InputError` if it cannot be started.
    static func start(
        _ program: String,
        _ arguments: [String],
        environment: [String]? = nil
    ) throws -> ChildProcess {
        let pipes = try Pipe.several(3)
        defer { for (index, pipe) in pipes.enumerated() { close(index == 0 ? pipe.reading : pipe.writing) } }
        let (pid, error) = Spawn.start(
            program,
            [program] + arguments,
            environment: environment,
            input: pipes[0].reading,
            output: pipes[1].writing,
            errors: pipes[2].writing
        )
        guard error == 0 else {
            for (index, pipe) in pipes.enumerated() { close(index == 0 ? pipe.writing : pipe.reading) }
            throw InputError(at: program, "cannot be started: \(String(cString: strerror(error)))")
        }
        return ChildProcess(pid: pid, input: pipes[0].writing, output: pipes[1].reading, errors: pipes[2].reading)
    }

    /// Tells the child to end, by ending its standard input.
    func closeInput() {
        input.withLock { descriptor in
            if let open = descriptor { close(open) }
            descriptor = nil
        }
    }

    /// Sends a signal, unless the process is known to have ended: its number may belong to another by now.
    func send(signal: Int32) {
        exit.withLock { if $0 == nil { kill(pid, signal) } }
    }

    /// How the process ended, or nil while it lives; never waits.
    func poll() -> Spawn.Exit? {
        exit.withLock { exit in
            if exit != nil { return exit }
            var status: Int32 = 0
            let result = waitpid(pid, &status, WNOHANG)
            if result == pid {
                exit = Spawn.Exit(status)
            } else if result < 0, errno != EINTR {
                exit = .status(-1)  // somebody else collected it
            }
            return exit
        }
    }

    /// Two ends that no other child inherits, above the numbers of the standard streams.
    private struct Pipe {
        let reading: CInt
        let writing: CInt

        init() throws {
            let made = try PipeEnds()
            let ends = [made.reading, made.writing]
            let moved = ends.map { fcntl($0, F_DUPFD_CLOEXEC, 3) }
            ends.forEach { close($0) }
            guard moved.allSatisfy({ $0 >= 0 }) else {
                moved.filter { $0 >= 0 }.forEach { close($0) }
                throw InputError(at: "pipe", "cannot be made: too many files are open")
            }
            (reading, writing) = (moved[0], moved[1])
        }

        /// So many pipes, or none.
        static func several(_ count: Int) throws -> [Pipe] {
            var pipes: [Pipe] = []
            do {
                for _ in 0..<count { pipes.append(try Pipe()) }
            } catch {
                for pipe in pipes {
                    close(pipe.reading)
                    close(pipe.writing)
                }
                throw error
            }
            return pipes
        }
    }
}
