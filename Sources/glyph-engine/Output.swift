// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import ArgumentParser
import GlyphPage

/// The results of a command.
enum Output {
    /// Writes a line of them.
    ///
    /// - Throws: `InputError` when it cannot be written. Ends quietly when a pipe's reader has seen enough.
    static func print(_ line: String) throws {
        do {
            try StandardOutput.write(line + "\n")
        } catch is StandardOutput.ReaderLeft {
            throw ExitCode(StandardOutput.ReaderLeft.status)
        }
    }
}
