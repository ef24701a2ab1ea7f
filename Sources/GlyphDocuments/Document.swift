// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

public import GlyphPage

/// Text from one or more inputs, with where each piece came from, and pages that exist only as pictures.
public struct Document: Sendable {
    /// One input's share of the text.
    public struct Part: Sendable, Equatable {
        /// The path to cite: the file's, followed inside of an archive by the entry's; or `standard input`.
        public var name: String
        /// Its bytes in `Document.text`; what joins two parts belongs to neither.
        public var source: SourceRange
        /// What the file is, as its content tells.
        public var format: FileFormat
        /// The encoding that the file's text was read with; nil where the format brings its own.
        public var encoding: String?
        /// How the text's bytes relate to the file's.
        public var origin: Origin

        public init(
            name: String,
            source: SourceRange,
            format: FileFormat = .text,
            encoding: String? = "UTF-8",
            origin: Origin = .lines(Origin.Lines())
        ) {
            (self.name, self.source, self.format) = (name, source, format)
            (self.encoding, self.origin) = (encoding, origin)
        }
    }

    /// A title: the input's path, or the first one's and how many more there are.
    public var name: String
    public let text: SourceText
    /// What reading assumed, changed or left out, for the person to know.
    public var notes: [String]
    /// The inputs in order; never empty.
    public let parts: [Part]
    /// What was found in folders and archives but not read, each with the reason.
    public var skipped: [SkippedInput] = []
    /// Pages without a text of their own, in order; they follow the text's pages.
    public var scans: [ScannedPage] = []

    /// Takes a text as a document of one part.
    public init(name: String, text: SourceText, notes: [String] = []) {
        let part = Part(name: name, source: SourceRange(0, text.utf8.count))
        self.init(name: name, text: text, notes: notes, parts: [part])
    }

    init(name: String, text: SourceText, notes: [String], parts: [Part]) {
        (self.name, self.text, self.notes, self.parts) = (name, text, notes, parts)
    }

    /// Joins documents into one, each under a line with its name (`==> name <==`, as `head` prints it).
    ///
    /// Without the names a reader could not tell which file says what.
    ///
    /// - Throws: `InputError` when there is nothing to join.
    public init(joining documents: [Document]) throws {
        guard let first = documents.first else {
            throw InputError(at: "input", "is missing", expected: "at least one file, or - for standard input")
        }
        guard documents.count > 1 else {
            self = first
            return
        }
        var joined = DocumentJoiner(capacity: documents.reduce(0) { $0 + $1.text.utf8.count + $1.name.utf8.count + 16 })
        for document in documents {
            joined.separate()
            joined.append("==> \(document.name) <==\n")
            joined.append(document)
        }
        self = joined.document(of: documents)
    }
}

extension Document {
    /// How wide the line numbers are, in characters, with which the text itself begins the lines of its files; the widest,
    /// or 0.
    package var gutter: Int {
        parts.reduce(0) { widest, part in
            guard case .lines(let lines) = part.origin else { return widest }
            return max(widest, lines.gutter)
        }
    }
}

/// A file that was come across and not read.
public struct SkippedInput: Sendable, Equatable {
    /// The file's path, followed inside of an archive by the entry's.
    public var name: String
    /// What it is or what is wrong with it.
    public var reason: String

    public init(name: String, reason: String) {
        (self.name, self.reason) = (name, reason)
    }
}

/// Collects documents into one text, moving their parts' ranges along.
struct DocumentJoiner {
    private(set) var bytes: [UInt8] = []
    private var parts: [Document.Part] = []
    private var scans: [ScannedPage] = []

    init(capacity: Int) { bytes.reserveCapacity(capacity) }

    /// Ends the line that is open and leaves one empty.
    mutating func separate() {
        if !bytes.isEmpty { bytes += bytes.last == 0x0A ? "\n".utf8 : "\n\n".utf8 }
    }

    mutating func append(_ text: String) { bytes += text.utf8 }

    /// Appends a document's text as it is, or as `rewritten` gives it with its only part's new origin.
    mutating func append(_ document: Document, rewritten: (bytes: [UInt8], origin: Origin)? = nil) {
        let start = bytes.count
        for var part in document.parts {
            part.source = SourceRange(start + part.source.lowerBound, start + part.source.upperBound)
            if let rewritten {
                part.source = SourceRange(start, start + rewritten.bytes.count)
                part.origin = rewritten.origin
            }
            parts.append(part)
        }
        for var scan in document.scans {
            scan.offset += start
            scans.append(scan)
        }
        bytes += rewritten?.bytes ?? document.text.utf8
    }

    /// What is said of several documents alike, once for all of them.
    private static func grouped(_ documents: [Document]) -> [String] {
        var names: [String: [String]] = [:]
        let notes = documents.flatMap { document in
            document.notes.map { note -> (name: String?, words: String) in
                let start = "\(document.name): "
                guard note.hasPrefix(start) else { return (nil, note) }
                let words = String(note.dropFirst(start.count))
                names[words, default: []].append(document.name)
                return (document.name, words)
            }
        }
        return notes.compactMap { name, words in
            guard let name, let all = names[words] else { return words }
            guard all.count > mostNamed else { return "\(name): \(words)" }
            // At the place of the first.
            return name == all[0]
                ? "\(all.prefix(mostNamed).joined(separator: ", ")) and \(all.count - mostNamed) more: \(words)" : nil
        }
    }

    /// The most documents that are told one by one.
    private static let mostNamed = 3

    func document(of documents: [Document]) -> Document {
        let name = documents[0].name + (documents.count > 1 ? " and \(documents.count - 1) more" : "")
        var document = Document(
            name: name,
            text: SourceText(unchecked: bytes),  // pieces of valid UTF-8 are valid UTF-8 together
            notes: Self.grouped(documents),
            parts: parts
        )
        document.skipped = documents.flatMap(\.skipped)
        document.scans = scans
        return document
    }
}
