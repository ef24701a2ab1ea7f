// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage
import Synchronization

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A `glyph-engine` of our own: started when it is needed, started again after a crash, gone when we are.
///
/// The engine is another process because a tensor library takes half a second to load and may run out of memory;
/// neither must happen to the program that a person started. It listens at a Unix socket in a folder that only this
/// user can enter.
public final class EngineProcess: Sendable {
    /// What to start.
    public struct Configuration: Sendable {
        /// The path of the `glyph-engine` program.
        public var program: String
        /// The folder with the model.
        public var model: String
        /// Further arguments of `glyph-engine serve`.
        public var arguments: [String]
        /// How long loading the model may take.
        public var readiness: Duration

        public init(
            program: String,
            model: String,
            arguments: [String] = [],
            readiness: Duration = .seconds(300)
        ) {
            self.program = program
            self.model = model
            self.arguments = arguments
            self.readiness = readiness
        }
    }

    public let configuration: Configuration
    private let current = Mutex<Task<EngineLaunch, any Error>?>(nil)

    /// Prepares an engine; nothing is started before it is needed.
    public init(_ configuration: Configuration) {
        self.configuration = configuration
    }

    deinit { stop() }

    /// Begins to start the engine and does not wait: pages can be drawn while it loads.
    public func start() {
        _ = launching()
    }

    /// Ends the engine, if it runs.
    public func stop() {
        let task = current.withLock { task in
            defer { task = nil }
            return task
        }
        guard let task else { return }
        task.cancel()
        Task { try await task.value.end() }
    }

    /// The run of an engine that is ready, after starting one if none runs.
    func running() async throws -> EngineLaunch {
        while true {
            let task = launching()
            let launch: EngineLaunch
            do {
                launch = try await Self.waiting(for: task)
            } catch {
                if !Task.isCancelled || !(error is CancellationError) { forget(task) }
                throw error
            }
            guard launch.hasEnded else { return launch }
            forget(task)
        }
    }

    /// The start that is under way or done, or a new one.
    private func launching() -> Task<EngineLaunch, any Error> {
        current.withLock { task in
            if let task { return task }
            let configuration = configuration
            let new = Task {
                let launch = try EngineLaunch(configuration)
                try await launch.waitUntilReady(within: configuration.readiness, model: configuration.model)
                return launch
            }
            task = new
            return new
        }
    }

    /// What a start gives.
    ///
    /// Who is cancelled only stops waiting: others may wait for the same start.
    private static func waiting(for task: Task<EngineLaunch, any Error>) async throws -> EngineLaunch {
        let (results, source) = AsyncThrowingStream<EngineLaunch, any Error>.makeStream()
        Task {
            do {
                source.yield(try await task.value)
                source.finish()
            } catch {
                source.finish(throwing: error)
            }
        }
        for try await launch in results { return launch }
        throw CancellationError()
    }

    private func forget(_ task: Task<EngineLaunch, any Error>) {
        current.withLock { if $0 == task { $0 = nil } }
    }
}

extension EngineProcess.Configuration {
    /// Whether a folder looks like a model: it has a `config.json`.
    public static func isModel(_ path: String) -> Bool {
        FileManager.default.fileExists(atPath: path + "/config.json")
    }

    /// The folder of the model that comes with Glyph: where `GLYPH_MODEL` says, or `Models/glyph-nano` in a folder above
    /// the program's.
    ///
    /// - Throws: `InputError` if it is not there.
    public static func embeddedModel() throws -> String {
        if let path = ProcessInfo.processInfo.environment["GLYPH_MODEL"], !path.isEmpty {
            guard isModel(path) else {
                throw InputError(at: "GLYPH_MODEL", "\(path) is no folder with a config.json", expected: "a model")
            }
            return path
        }
        var folder = ownPath[...]
        while let slash = folder.lastIndex(of: "/") {
            folder = folder[..<slash]
            let path = "\(folder)/Models/glyph-nano"
            if isModel(path), FileManager.default.fileExists(atPath: path + "/model.safetensors") { return path }
        }
        throw InputError(
            at: "Models/glyph-nano",
            "there is no trained model of that name in a folder above \(ownPath)",
            expected: "who shall read: a server with --endpoint, or a model's folder with --model",
            remedy: "Or set GLYPH_MODEL to the folder of a model that glyph train made"
        )
    }

    private static var ownPath: String {
        (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
            ?? CommandLine.arguments.first ?? ""
    }

    /// Finds the program beside the running one, or where `GLYPH_ENGINE` says.
    ///
    /// - Throws: `InputError` if there is none.
    public static func program() throws -> String {
        if let path = ProcessInfo.processInfo.environment["GLYPH_ENGINE"], !path.isEmpty {
            guard isProgram(path) else {
                throw InputError(
                    at: "GLYPH_ENGINE",
                    "\(path) is no program",
                    remedy: "Name a glyph-engine, or unset it"
                )
            }
            return path
        }
        let own = ownPath
        let path = (own.lastIndex(of: "/").map { String(own[...$0]) } ?? "./") + "glyph-engine"
        guard isProgram(path) else {
            throw InputError(
                at: path,
                "the engine is not there",
                remedy: "Build it with Tools/setup.sh build engine, or set GLYPH_ENGINE to its path"
            )
        }
        return path
    }

    /// Whether a path names something that can be run; a folder counts as executable, too.
    private static func isProgram(_ path: String) -> Bool {
        FileManager.default.isExecutableFile(atPath: path) && !FileManager.default.fileExists(atPath: path + "/.")
    }
}
