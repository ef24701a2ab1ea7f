// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A PDF that poppler's programs can read, from the disk or from memory.
final class PDFFile: Sendable {
    /// What the PDF is called in messages.
    let name: String
    let limits: DocumentLimits
    private let path: String
    /// A file without a name that holds a PDF from memory: however this process ends, nothing of it remains.
    private let descriptor: Int32?

    /// Takes a file where it is.
    init(path: String, name: String, limits: DocumentLimits) {
        // A path that begins like this is neither an option nor an address.
        self.path = path.hasPrefix("/") ? path : "./" + path
        (self.name, self.limits, descriptor) = (name, limits, nil)
    }

    /// Puts bytes where the programs can read them, until the last reference to this value is gone.
    init(_ bytes: [UInt8], name: String, limits: DocumentLimits) throws {
        let folder = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var template = Array("\(folder)/glyph-XXXXXX".utf8CString)
        let opened = mkstemp(&template)
        guard opened >= 0 else { throw Self.fault(name) }
        unlink(template)
        // Above the number that the program gets it by, and not inherited under any other.
        let descriptor = fcntl(opened, F_DUPFD_CLOEXEC, 10)
        close(opened)
        guard descriptor >= 0 else { throw Self.fault(name) }
        (self.name, self.limits, self.descriptor, path) = (name, limits, descriptor, "/dev/fd/3")
        let number = bytes.withUnsafeBytes { WholeWrite.write($0, to: descriptor) }
        guard number == 0 else { throw Self.fault(name, number) }
    }

    deinit { if let descriptor { close(descriptor) } }

    private static func fault(_ name: String, _ number: Int32 = errno) -> InputError {
        InputError(
            at: name,
            "cannot be unpacked for reading: \(String(cString: strerror(number)))",
            remedy: "Make room in the folder for temporary files, or name another one in TMPDIR"
        )
    }

    /// Runs one of poppler's programs; the file comes last.
    func run(_ program: String, _ options: [String], outputLimit: Int = 256 << 20) throws -> [UInt8] {
        let program = LimitedProgram(name: program, package: "poppler-utils", limits: limits, outputLimit: outputLimit)
        // pdfinfo takes no output file; the others write to standard output.
        let target = program.name == "pdfinfo" || program.name == "pdfimages" || program.name == "pdftoppm" ? [] : ["-"]
        let outcome = try program.run(options + [path] + target, on: name, passing: descriptor)
        guard outcome.status == 0 else { throw fault(outcome, program.name) }
        return outcome.output
    }

    /// What poppler's message means for the person.
    private func fault(_ outcome: LimitedProgram.Outcome, _ program: String) -> InputError {
        let message = outcome.message
        if message.contains("Incorrect password") {
            return InputError(
                at: name,
                "is encrypted with a password",
                expected: "a PDF that opens without one",
                remedy: "Remove it first: qpdf --decrypt --password=… FILE.pdf OUT.pdf"
            )
        }
        if message.contains("not allowed") {
            return InputError(
                at: name,
                "does not allow its text to be copied",
                expected: "a PDF that does",
                remedy: "Ask its author for another copy"
            )
        }
        if outcome.status == 127 || message.contains("out of memory") || message.contains("bad_alloc") {
            return InputError(
                at: name,
                "needs more than \(limits.programMemory) bytes of memory in \(program)",
                expected: "a document that is read with less",
                remedy: "Split it, or make it again with another program"
            )
        }
        let reason = message.split(whereSeparator: \.isNewline).last.map(String.init) ?? "status \(outcome.status)"
        return InputError(
            at: name,
            "is damaged or no PDF: \(program) says \"\(reason)\"",
            expected: "a whole PDF",
            remedy: "Open it in a viewer and save or print it again as PDF"
        )
    }
}
