// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Foundation

/// The program `glyph` in a process of its own, as a person runs it.
package enum GlyphProgram {
    /// What a run left behind.
    package struct Outcome: Sendable {
        package var status: Int32
        /// Standard output.
        package var output: String
        /// Standard error.
        package var said: String
    }

    /// Beside the program that runs the tests.
    private static let path: String = {
        let own =
            (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
        return URL(fileURLWithPath: own).deletingLastPathComponent().appendingPathComponent("glyph").path
    }()

    package static var isBuilt: Bool { FileManager.default.isExecutableFile(atPath: path) }

    /// Runs the program in a new folder that holds some files, which is removed afterwards.
    ///
    /// - Parameters:
    ///   - files: names and texts.
    ///   - body: gets the folder, and a way to run the program there with arguments and without input.
    /// - Returns: what `body` returns.
    /// - Throws: what `body` throws, and the system's errors.
    package static func inFolder<Value>(
        _ files: [String: String],
        _ body: (String, @escaping ([String]) async throws -> Outcome) async throws -> Value
    ) async throws -> Value {
        let folder = NSTemporaryDirectory() + "glyph-program-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        for (name, text) in files { try text.write(toFile: "\(folder)/\(name)", atomically: true, encoding: .utf8) }
        return try await body(folder) { try await run($0, in: folder) }
    }

    private static func run(_ arguments: [String], in folder: String) async throws -> Outcome {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.currentDirectoryURL = URL(fileURLWithPath: folder)
        process.arguments = arguments
        // Files instead of pipes: nobody has to read while the program runs.
        let names = ["out", "err"].map { "\(folder)/.\($0)" }
        let files = try names.map { name in
            try Data().write(to: URL(fileURLWithPath: name))
            return try FileHandle(forWritingTo: URL(fileURLWithPath: name))
        }
        (process.standardOutput, process.standardError, process.standardInput) = (
            files[0], files[1], FileHandle.nullDevice
        )
        try await withCheckedThrowingContinuation { (done: CheckedContinuation<Void, any Error>) in
            process.terminationHandler = { _ in done.resume() }
            do { try process.run() } catch { done.resume(throwing: error) }
        }
        let written = try names.map { try String(contentsOfFile: $0, encoding: .utf8) }
        return Outcome(status: process.terminationStatus, output: written[0], said: written[1])
    }
}
