// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import ArgumentParser
import CProcess
import Foundation

@main
struct Glyph: AsyncParsableCommand {
    static let version = "0.1.0"

    static let configuration = CommandConfiguration(
        commandName: "glyph",
        abstract: "Long text becomes compact page images that a vision–language model reads.",
        discussion: """
            Examples:
              glyph render book.txt -o pages
              glyph count book.txt notes.md --preset dense
              glyph ask book.txt "Who is Mr. Rochester?" --endpoint http://localhost:8000
            """,
        version: version,
        subcommands: [
            RenderCommand.self, CountCommand.self, AskCommand.self, ChatCommand.self, ModelsCommand.self,
            TrainCommand.self,
            ServeCommand.self,
            EvalCommand.self,
            BenchCommand.self,
            DoctorCommand.self,
        ]
    )

    /// Not asynchronous: the first thread would leave its stack, for which C's library loads another, and the end would
    /// wait for a thread in its place.
    static func main() {
        // A service must give memory back, and has more threads than one heap serves well.
        if Ahead.isWorthwhile { cprocess_take_memory_in_large_pieces() }
        Ahead.start()
        if let request = RenderRequest(plain: CommandLine.arguments.dropFirst()) {
            do {
                // Here, because other threads take a while to start.
                let job = try request.read()
                start { try await request.run(job) }
            } catch {
                exit(withError: error)
            }
        } else {
            do {
                let words = CommandLine.arguments.dropFirst()
                let commands = configuration.subcommands.compactMap { $0.configuration.commandName }
                try CommandLineCheck.check(words, commands: commands)
            } catch {
                exit(withError: error)
            }
            start { await main(nil) }
        }
        ThreadPool.preferred?.work()
        while true { pause() }
    }

    /// Runs a command and ends the program.
    private static func start(_ command: @escaping @Sendable () async throws -> Void) {
        ThreadPool.start {
            do { try await command() } catch { exit(withError: error) }
            // Nothing is buffered. Returning would start threads and free memory before the program ends.
            _exit(EXIT_SUCCESS)
        }
    }
}
