// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import ArgumentParser
import Foundation
import GlyphPage

/// Standard output carries results, standard error everything said about them; neither is buffered, so that an
/// answer appears as it is written.
enum Terminal {
    /// Writes a piece of the result.
    ///
    /// - Throws: `InputError` when it cannot be written, for example to a full disk: a result must not be lost in
    ///   silence. Ends quietly, as other programs do, when a pipe's reader has seen enough.
    static func write(_ text: String) throws {
        do {
            try StandardOutput.write(text)
        } catch is StandardOutput.ReaderLeft {
            throw ExitCode(StandardOutput.ReaderLeft.status)
        }
    }

    /// Writes a line of the result.
    static func print(_ line: String) throws { try write(line + "\n") }

    /// Writes to standard error; a message that cannot be shown must not stop the work.
    ///
    /// `FileHandle` would end the program when a write fails.
    static func say(_ text: String) {
        var text = text
        _ = text.withUTF8 { WholeWrite.write(UnsafeRawBufferPointer($0), to: STDERR_FILENO) }
    }

    /// What a model wrote, as it may be sent to a terminal.
    ///
    /// Control characters, which could move the cursor, hide text or rename the window, are replaced there. Files and
    /// pipes get every character.
    static func harmless(_ text: String, for descriptor: Int32) -> String {
        guard isatty(descriptor) == 1 else { return text }
        return String(
            String.UnicodeScalarView(
                text.unicodeScalars.map { scalar in
                    let isControl =
                        scalar.properties.generalCategory == .control && !"\n\t".unicodeScalars.contains(scalar)
                    return isControl ? "\u{FFFD}" : scalar
                }
            )
        )
    }

    /// The columns of the terminal on standard error, or nil when it is none.
    static var columns: Int? {
        guard isatty(STDERR_FILENO) == 1 else { return nil }
        var size = winsize()
        guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }
}
