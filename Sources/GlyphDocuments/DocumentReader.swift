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

/// Reads files of many formats, folders, archives and standard input into documents.
///
/// What a file is, its content tells; `docs/documents.md` lists the formats. Text becomes UTF-8 with `\n` line ends, as
/// Python's text mode makes them, which the published renderer reads with: a page must not depend on the system a file
/// was saved on. A file that is named and cannot be read is an error; one that is come across in a folder or an archive
/// is left out and listed in `Document.skipped`.
public struct DocumentReader: Sendable {
    public var options: ReadingOptions

    /// The path that stands for standard input.
    public static let standardInput = "-"

    public init(options: ReadingOptions = ReadingOptions()) { self.options = options }

    /// Reads one input: the path of a file or a folder, or `-` for standard input.
    ///
    /// A text file's bytes are in memory once; a pipe's at most twice, while its buffer grows.
    ///
    /// - Throws: `InputError` when it is missing, unreadable, damaged, encrypted, empty, too large or holds nothing that
    ///   can be read.
    public func read(_ path: String) throws -> Document { try read([path]) }

    /// Reads inputs and joins them in the order given.
    public func read(_ paths: [String]) throws -> Document {
        guard !paths.isEmpty else {
            throw InputError(at: "input", "is missing", expected: "at least one file, or - for standard input")
        }
        guard paths.count(where: { $0 == Self.standardInput }) < 2 else {
            throw InputError(at: "-", "is given twice", expected: "standard input once")
        }
        return try collect { collection in
            for path in paths {
                if path == Self.standardInput {
                    try collection.add(descriptor: STDIN_FILENO, name: "standard input")
                } else {
                    try collection.add(path: path)
                }
            }
        }
    }

    /// Reads files that are in memory already, such as uploads, and joins them in the order given.
    ///
    /// A name is shown and cited, and its suffix is a hint; no file of that name is ever opened.
    public func read(_ files: [(name: String, bytes: [UInt8])]) throws -> Document {
        try collect { collection in
            for file in files { try collection.add(file.bytes, name: file.name) }
        }
    }

    func read(descriptor: Int32, name: String) throws -> Document {
        try collect { try $0.add(descriptor: descriptor, name: name) }
    }

    private func collect(_ inputs: (inout InputCollection) throws -> Void) throws -> Document {
        var collection = InputCollection(options)
        do {
            try inputs(&collection)
            return try collection.document()
        } catch let exceeded as LimitExceeded {
            throw exceeded.fault
        }
    }

    static func fault(_ path: String, _ code: Int32) -> InputError {
        switch code {
        case ENOENT, ENOTDIR:
            InputError(at: path, "does not exist", remedy: "Check the spelling and the current folder")
        case EACCES, EPERM:
            InputError(at: path, "may not be read", remedy: "Ask for read permission, or copy the file")
        case EISDIR:
            InputError(at: path, "is a folder", expected: "a file")
        default:
            InputError(at: path, "cannot be read: \(String(cString: strerror(code)))")
        }
    }
}

/// How inputs are read.
public struct ReadingOptions: Sendable {
    /// When several files become one document with a table of contents and line numbers: `auto` where one is code.
    public enum Panorama: String, Sendable, CaseIterable {
        case auto, on, off
    }

    /// The encoding of text, by a name that ICU knows, or nil to tell it from the bytes.
    public var encoding: String?
    public var panorama = Panorama.auto
    /// Whether `.gitignore` files leave out what they name when a folder is read.
    public var respectsIgnoreFiles = true
    /// The pixels an inch of PDF pages that are read as pictures.
    public var scanDPI = 120
    /// The folder that pages will be written to, by any path: what lies in it is no input, or the next run would read
    /// what this one wrote.
    public var outputFolder: String?
    public var limits = DocumentLimits()

    public init() {}
}
