// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import ArgumentParser
import Foundation

@main
struct Glyph: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "glyph",
        abstract: "Long text becomes compact page images that a vision–language model reads.",
        discussion: """
            Examples:
              glyph render book.txt -o pages
              glyph count book.txt notes.md --preset dense
              glyph ask book.txt "Who is Mr. Rochester?" --endpoint http://localhost:8000
            """,
        version: "0.1.0",
        subcommands: [
            RenderCommand.self, CountCommand.self, AskCommand.self, ChatCommand.self, ModelsCommand.self,
            TrainCommand.self,
            ServeCommand.self,
            EvalCommand.self,
            BenchCommand.self,
            DoctorCommand.self,
        ]
    )

    static func main() async {
        keepFreedMemory()
        Ahead.start()
        await main(nil)
        // Nothing is buffered. Returning would start threads and free memory before the program ends.
        _exit(EXIT_SUCCESS)
    }

    /// Lets pages use each other's memory, which otherwise comes fresh from the system for each of them.
    ///
    /// glibc raises its limit for asking the system to the largest block that was given back.
    private static func keepFreedMemory() {
        UnsafeMutableRawPointer.allocate(byteCount: 1 << 24, alignment: 16).deallocate()
    }
}
