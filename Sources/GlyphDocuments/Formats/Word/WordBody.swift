// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage

/// The body of a DOCX document, element by element.
struct WordBody {
    private(set) var text = TextBuilder()
    /// The notes that the text refers to, in order; their numbers in the text count from 1.
    private(set) var notes: [(isEndnote: Bool, id: String)] = []

    private let styles: WordStyles
    private var numbering: WordNumbering
    private var paragraphs: WordParagraphs
    private var count = 0
    /// The tables that are open, from the outermost.
    private var tables: [WordTable] = []

    init(styles: WordStyles, numbering: WordNumbering) {
        (self.styles, self.numbering) = (styles, numbering)
        paragraphs = WordParagraphs(styles: styles)
    }

    /// What the body shows that its text does not say.
    var losses: WordLosses { paragraphs.losses }

    mutating func read(_ bytes: [UInt8], name: String) throws {
        var reader = try WordReader(bytes, name: name)
        while let event = try reader.next() {
            switch event {
            case .start(let element): start(element, reader)
            case .end(let element): end(element)
            case .text(let piece): paragraphs.add(piece)
            }
        }
    }

    private mutating func start(_ element: String, _ reader: WordReader) {
        switch element {
        case "tbl": tables.append(WordTable())
        case "footnoteReference", "endnoteReference":
            guard let id = reader.attribute("id"), !paragraphs.isEmpty, !paragraphs.isHidden else { return }
            notes.append((element == "endnoteReference", id))
            paragraphs.add("[^\(notes.count)]")
        default:
            if element == "p", tables.isEmpty, paragraphs.isEmpty { count += 1 }
            if !tables.isEmpty, tables[tables.count - 1].set(element, reader) { return }
            paragraphs.start(element, reader)
        }
    }

    private mutating func end(_ element: String) {
        switch element {
        case "tc": if !tables.isEmpty { tables[tables.count - 1].endCell() }
        case "tr": endRow()
        case "tbl":
            guard let table = tables.popLast(), !tables.isEmpty, !table.nested.isEmpty else { return }
            tables[tables.count - 1].add(table.nested)
        default: if let paragraph = paragraphs.end(element) { set(paragraph) }
        }
    }

    private mutating func endRow() {
        guard !tables.isEmpty, let cells = tables[tables.count - 1].endRow() else { return }
        if tables.count > 1 {
            tables[tables.count - 1].keep(cells)
        } else {
            let row = cells.map { $0.replacing("|", with: "\\|") }.joined(separator: " | ")
            text.add("| \(row) |", .row, section: "paragraph \(count)")
        }
    }

    /// Sets a paragraph; one that is numbered counts, and shows its number, even without text.
    private mutating func set(_ paragraph: WordParagraph) {
        let content = paragraph.text.trimmed
        guard !content.isEmpty || !paragraph.isRemoved else { return }
        let reference = numbering.reference(for: paragraph, styles)
        let label = reference.flatMap { numbering.label(for: $0) }
        guard !content.isEmpty || label != nil && label != "-" else { return }
        if tables.isEmpty {
            add(content, label, level: reference?.level ?? 0, paragraph)
        } else {
            tables[tables.count - 1].add([label ?? "", content].filter { !$0.isEmpty }.joined(separator: " "))
        }
    }

    private mutating func add(_ content: String, _ label: String?, level: Int, _ paragraph: WordParagraph) {
        let section = "paragraph \(count)"
        let style = paragraph.style ?? ""
        let outline = WordStyles.headingLevel(outline: paragraph.outlineLevel)
        if let heading = outline ?? styles.headingLevel(of: style) {
            let number = label == "-" ? nil : label
            let parts = [String(repeating: "#", count: heading), number ?? "", content]
            text.add(parts.filter { !$0.isEmpty }.joined(separator: " "), section: section)
        } else if let label {
            let indent = String(repeating: "  ", count: level)
            text.add(indent + (content.isEmpty ? label : "\(label) \(content)"), .item, section: section)
        } else if styles.isQuote(style) {
            text.add("> " + content.replacing("\n", with: "\n> "), section: section)
        } else {
            text.add(content, section: section)
        }
    }
}
