// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

public import GlyphPage

/// Text from one or more inputs, with where each piece came from.
public struct Document: Sendable {
    /// What kind of text a document holds, as far as its name tells; a hint for choosing a configuration.
    public enum Kind: String, Sendable, CaseIterable {
        case prose
        case markdown
        case code
        /// Rows of fields.
        case table
        /// Several inputs of different kinds.
        case mixed
    }

    /// One input's share of the text.
    public struct Part: Sendable, Equatable {
        /// The input's path, or `standard input`.
        public var name: String
        /// Its bytes in `Document.text`; what joins two parts belongs to neither.
        public var source: SourceRange

        public init(name: String, source: SourceRange) {
            self.name = name
            self.source = source
        }
    }

    /// A title: the input's path, or the first one's and how many more there are.
    public var name: String
    public let text: SourceText
    public var kind: Kind
    /// What reading changed, for the person to know: an encoding converted, line ends unified.
    public var notes: [String]
    /// The inputs in order; never empty.
    public let parts: [Part]

    /// Takes a text as a document of one part.
    public init(name: String, text: SourceText, kind: Kind, notes: [String] = []) {
        (self.name, self.text, self.kind, self.notes) = (name, text, kind, notes)
        parts = [Part(name: name, source: SourceRange(0, text.utf8.count))]
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
        var bytes: [UInt8] = []
        bytes.reserveCapacity(documents.reduce(0) { $0 + $1.text.utf8.count + $1.name.utf8.count + 16 })
        var parts: [Part] = []
        for document in documents {
            if !bytes.isEmpty { bytes += bytes.last == 0x0A ? "\n".utf8 : "\n\n".utf8 }
            bytes += "==> \(document.name) <==\n".utf8
            for part in document.parts {
                parts.append(
                    Part(
                        name: part.name,
                        source: SourceRange(
                            bytes.count + part.source.lowerBound,
                            bytes.count + part.source.upperBound
                        )
                    )
                )
            }
            bytes += document.text.utf8
        }
        name = "\(first.name) and \(documents.count - 1) more"
        text = SourceText(sameLength: bytes)  // pieces of valid UTF-8 are valid UTF-8 together
        kind = documents.allSatisfy { $0.kind == first.kind } ? first.kind : .mixed
        notes = documents.flatMap(\.notes)
        self.parts = parts
    }
}

extension Document.Kind {
    /// Guesses from a file name's extension.
    init(fileName: String) {
        let name = fileName.split(separator: "/").last ?? ""
        let suffix = name.contains(".") ? name.split(separator: ".").last?.lowercased() ?? "" : ""
        self =
            switch suffix {
            case "md", "markdown", "mdown", "rmd": .markdown
            case "csv", "tsv", "psv": .table
            case let suffix where Self.codeExtensions.contains(suffix): .code
            default: .prose
            }
    }

    private static let codeExtensions: Set<String> = [
        "asm", "bash", "c", "cc", "clj", "cmake", "cpp", "cs", "css", "cu", "cxx", "dart", "diff", "erl", "ex", "f90",
        "fs", "go", "gradle", "h", "hpp", "hs", "html", "ini", "java", "jl", "js", "json", "jsonl", "jsx", "kt", "lisp",
        "lua", "m", "mjs", "ml", "mm", "patch", "php", "pl", "ps1", "py", "r", "rb", "rs", "s", "scala", "scss", "sh",
        "sql", "svelte", "swift", "toml", "ts", "tsx", "vue", "xml", "yaml", "yml", "zig", "zsh",
    ]
}
