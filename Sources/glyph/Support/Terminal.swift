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
        let code = put(text, STDOUT_FILENO)
        if code == 0 { return }
        // 128 + SIGPIPE: what a shell reports for a program that such a pipe ended.
        if code == EPIPE { throw ExitCode(141) }
        throw InputError(at: "standard output", "cannot be written: \(String(cString: strerror(code)))")
    }

    /// Writes a line of the result.
    static func print(_ line: String) throws { try write(line + "\n") }

    /// Writes to standard error; a message that cannot be shown must not stop the work.
    static func say(_ text: String) { _ = put(text, STDERR_FILENO) }

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

    /// Writes all of `text` and returns 0, or the system's error number.
    ///
    /// `FileHandle` would end the program when a write fails.
    private static func put(_ text: String, _ descriptor: Int32) -> Int32 {
        var text = text
        return text.withUTF8 { WholeWrite.write(UnsafeRawBufferPointer($0), to: descriptor) }
    }
}
