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

/// Reads text files and standard input into documents.
///
/// Accepts UTF-8 with or without a byte-order mark and UTF-16 with one, whatever the file's name. Line ends become
/// `\n`, as Python's text mode makes them, which the published renderer reads with: a page must not depend on the
/// system a file was saved on. Anything else is refused with the offset of the first byte at fault.
public struct DocumentReader: Sendable {
    /// The most bytes an input may have; a mistyped path must not fill the memory.
    public var sizeLimit: Int

    /// The path that stands for standard input.
    public static let standardInput = "-"

    public init(sizeLimit: Int = 1 << 30) {
        self.sizeLimit = sizeLimit
    }

    /// Reads one input: a file's path, or `-` for standard input.
    ///
    /// A file's bytes are in memory once; a pipe's at most twice, while its buffer grows.
    ///
    /// - Throws: `InputError` when it is missing, unreadable, a folder, empty, too large or not text.
    public func read(_ path: String) throws -> Document {
        if path == Self.standardInput { return try read(descriptor: STDIN_FILENO, name: "standard input") }
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Self.fault(path, errno) }
        defer { close(descriptor) }
        return try read(descriptor: descriptor, name: path)
    }

    /// Reads inputs and joins them in the order given.
    public func read(_ paths: [String]) throws -> Document {
        guard paths.count(where: { $0 == Self.standardInput }) < 2 else {
            throw InputError(at: "-", "is given twice", expected: "standard input once")
        }
        return try Document(joining: paths.map(read))
    }

    func read(descriptor: Int32, name: String) throws -> Document {
        var bytes = try ByteSource(descriptor: descriptor, name: name, limit: sizeLimit).readAll()
        var notes: [String] = []
        if let note = try TextEncoding.convert(&bytes, from: name) { notes.append("\(name): \(note)") }
        guard !bytes.isEmpty else {
            throw InputError(at: name, "is empty", expected: "a text of at least one character")
        }
        try TextEncoding.refuseBinary(bytes, from: name)
        let text = try SourceText(validating: bytes, from: name)
        bytes = []
        return Document(name: name, text: text, kind: Document.Kind(fileName: name), notes: notes)
    }

    static func fault(_ path: String, _ code: Int32) -> InputError {
        switch code {
        case ENOENT, ENOTDIR:
            InputError(at: path, "does not exist", remedy: "Check the spelling and the current folder")
        case EACCES, EPERM:
            InputError(at: path, "may not be read", remedy: "Ask for read permission, or copy the file")
        case EISDIR:
            InputError(at: path, "is a folder", expected: "a text file", remedy: "Name the files in it one by one")
        default:
            InputError(at: path, "cannot be read: \(String(cString: strerror(code)))")
        }
    }
}
