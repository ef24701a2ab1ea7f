// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Foundation

/// The checkout that the program lies in.
enum Checkout {
    /// Its commit, with `-dirty` behind it where files differ from it; nil outside of a checkout, or without git.
    static var commit: String? {
        guard let program = Bundle.main.executableURL?.resolvingSymlinksInPath() else { return nil }
        let git = Process()
        git.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        git.arguments = [
            "git", "-C", program.deletingLastPathComponent().path, "describe", "--always", "--dirty", "--abbrev=40",
            "--exclude=*",
        ]
        let said = Pipe()
        git.standardOutput = said
        git.standardError = FileHandle.nullDevice
        guard (try? git.run()) != nil else { return nil }
        let text = String(decoding: said.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        git.waitUntilExit()
        let commit = text.trimmingCharacters(in: .whitespacesAndNewlines)
        return git.terminationStatus == 0 && !commit.isEmpty ? commit : nil
    }
}
