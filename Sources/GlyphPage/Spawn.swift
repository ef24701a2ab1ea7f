// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Starts child processes; whoever starts one waits for it.
package enum Spawn {
    /// How a process ended.
    package enum Exit: Sendable, Equatable, CustomStringConvertible {
        case status(Int32)
        case signal(Int32)

        /// - Parameter status: What the system's `waitpid` gave.
        package init(_ status: Int32) {
            let signal = status & 0x7F
            self = signal == 0 ? .status(status >> 8 & 0xFF) : .signal(signal)
        }

        package var description: String {
            switch self {
            case .status(let code): "exit status \(code)"
            case .signal(let number): "signal \(number) (\(String(cString: strsignal(number))))"
            }
        }
    }

    /// Starts a program.
    ///
    /// - Parameters:
    ///   - program: The path of the executable file.
    ///   - words: Its arguments, the first of which is its name.
    ///   - environment: Its variables, or nil for those of this process.
    ///   - input: What becomes its standard input; nil is one that is empty.
    ///   - output: What becomes its standard output.
    ///   - errors: What becomes its standard error.
    ///   - file: What becomes its descriptor 3.
    ///   - ownGroup: Whether it leads a group of processes, which can be ended with it.
    /// - Returns: The number of the process, and 0 or the system's error number where there is none.
    package static func start(
        _ program: String,
        _ words: [String],
        environment: [String]? = nil,
        input: Int32? = nil,
        output: Int32,
        errors: Int32,
        file: Int32? = nil,
        ownGroup: Bool = false
    ) -> (pid: Int32, error: Int32) {
        #if canImport(Darwin)
            var actions: posix_spawn_file_actions_t?
            var attributes: posix_spawnattr_t?
        #else
            var actions = posix_spawn_file_actions_t()
            var attributes = posix_spawnattr_t()
        #endif
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        if let input {
            posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO)
        } else {
            posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        }
        posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
        posix_spawn_file_actions_adddup2(&actions, errors, STDERR_FILENO)
        if let file { posix_spawn_file_actions_adddup2(&actions, file, 3) }
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // What this process ignores or blocks is its own business.
        var (all, none) = (sigset_t(), sigset_t())
        sigfillset(&all)
        sigemptyset(&none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setpgroup(&attributes, 0)
        let flags = POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | (ownGroup ? POSIX_SPAWN_SETPGROUP : 0)
        posix_spawnattr_setflags(&attributes, Int16(flags))
        var arguments = words.map { strdup($0) } + [nil]
        var variables = (environment ?? []).map { strdup($0) } + [nil]
        defer { for word in arguments + variables { free(word) } }
        var pid: pid_t = 0
        let error =
            if environment == nil {
                posix_spawn(&pid, program, &actions, &attributes, &arguments, environ)
            } else {
                posix_spawn(&pid, program, &actions, &attributes, &arguments, &variables)
            }
        return (pid, error)
    }
}
