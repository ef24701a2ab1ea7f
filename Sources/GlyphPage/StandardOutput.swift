// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Where a program's results go.
///
/// Nothing is buffered, so that an answer appears as it is written, and none is lost in silence.
package enum StandardOutput {
    /// A pipe's reader has seen enough; programs end quietly then.
    package struct ReaderLeft: Error {
        /// 128 + SIGPIPE: what a shell reports for a program that such a pipe ended.
        package static let status: Int32 = 141
    }

    /// Writes a piece of the result.
    ///
    /// - Throws: `InputError` when it cannot be written, for example to a full disk, and `ReaderLeft`.
    package static func write(_ text: String) throws {
        var text = text
        let code = text.withUTF8 { WholeWrite.write(UnsafeRawBufferPointer($0), to: STDOUT_FILENO) }
        guard code != EPIPE else { throw ReaderLeft() }
        guard code == 0 else {
            throw InputError(at: "standard output", "cannot be written: \(String(cString: strerror(code)))")
        }
    }
}
