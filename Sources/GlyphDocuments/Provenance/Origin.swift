// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

public import GlyphPage

/// How the bytes of a part's text relate to the file it was made from.
public enum Origin: Sendable, Equatable {
    /// The text is the file's, line for line.
    case lines(Lines)
    /// The text was set from pieces of the file, in order.
    case blocks([Block])

    /// Text whose lines are the file's lines.
    public struct Lines: Sendable, Equatable {
        /// The bytes at the start of every line that are not the file's: the line numbers of a panorama.
        public var gutter: Int
        /// The bytes of the file before the text: a byte-order mark.
        public var fileOffset: Int
        /// Where every line starts in the file, and at last where the file ends; empty when bytes stand one for one.
        public var lineStarts: [UInt32]
        /// Whether offsets inside of a line are the file's, because only line ends were changed.
        public var isExact: Bool

        public init(gutter: Int = 0, fileOffset: Int = 0, lineStarts: [UInt32] = [], isExact: Bool = true) {
            (self.gutter, self.fileOffset) = (gutter, fileOffset)
            (self.lineStarts, self.isExact) = (lineStarts, isExact)
        }
    }

    /// A piece of text with where it was found.
    public struct Block: Sendable, Equatable {
        /// Where it starts in the part's text; it reaches to the next one.
        public var start: Int
        /// The line in the file, or in the file that `section` names, from 1.
        public var line: Int?
        /// The page of the PDF, from 1.
        public var page: Int?
        /// What the format counts instead of lines: `cell 3`, `paragraph 12`, a chapter's file.
        public var section: String?

        public init(start: Int, line: Int? = nil, page: Int? = nil, section: String? = nil) {
            (self.start, self.line, self.page, self.section) = (start, line, page, section)
        }
    }
}

/// Where a piece of a document's text stands in a file, as precisely as the format lets one say.
public struct Provenance: Sendable, Equatable, CustomStringConvertible {
    /// The file, as `Document.Part.name` names it.
    public var file: String
    /// Its lines, from 1.
    public var lines: ClosedRange<Int>?
    /// Its bytes; whole lines where the text had to be converted from another encoding.
    public var bytes: SourceRange?
    /// The pages of a PDF, from 1.
    public var pages: ClosedRange<Int>?
    /// What the format counts instead: `cell 3`, `paragraph 12`, a chapter's file.
    public var section: String?

    public init(
        file: String,
        lines: ClosedRange<Int>? = nil,
        bytes: SourceRange? = nil,
        pages: ClosedRange<Int>? = nil,
        section: String? = nil
    ) {
        (self.file, self.lines, self.bytes, self.pages, self.section) = (file, lines, bytes, pages, section)
    }

    /// `path:12`, `path:12-14`, `paper.pdf, page 3`, `notes.ipynb, cell 4`, `book.epub, text/one.xhtml:20`.
    public var description: String {
        var text = file
        if let section { text += ", \(section)" }
        if let lines { text += ":" + Self.span(lines) }
        if let pages { text += pages.count > 1 ? ", pages \(Self.span(pages))" : ", page \(pages.lowerBound)" }
        return text
    }

    private static func span(_ range: ClosedRange<Int>) -> String {
        range.count > 1 ? "\(range.lowerBound)-\(range.upperBound)" : "\(range.lowerBound)"
    }
}
