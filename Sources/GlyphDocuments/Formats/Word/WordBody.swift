// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage

/// The body of a DOCX document, element by element.
struct WordBody {
    private(set) var text = TextBuilder()
    /// The notes that the text refers to, in order; their numbers in the text count from 1.
    private(set) var notes: [(isEndnote: Bool, id: String)] = []
    private(set) var pictures = 0

    private let styles: WordStyles
    private var numbering: WordNumbering
    private var count = 0
    /// The paragraphs that are open: a text box holds paragraphs inside of another.
    private var open: [WordParagraph] = []
    private var tables: [Table] = []
    /// How many elements are open whose content is not text or appears elsewhere.
    private var dropped = 0

    private struct Table {
        var cells: [String] = []
        var cell: [String] = []
        var isContinued = false
    }

    init(styles: WordStyles, numbering: WordNumbering) {
        (self.styles, self.numbering) = (styles, numbering)
    }

    /// Fallbacks repeat what newer elements say; `instrText` is a field's formula; deleted text is gone.
    private static let droppedElements: Set<String> = [
        "Fallback", "instrText", "delText", "delInstrText", "del", "moveFrom",
    ]

    mutating func read(_ bytes: [UInt8], name: String) throws {
        let reader = try MarkupReader(bytes, syntax: .xml, name: name)
        var isText = false
        while let event = try reader.next() {
            switch event {
            case .start(let element):
                // Inside of properties, `del` and `moveFrom` mark the end of a paragraph, not a text.
                if Self.droppedElements.contains(element) { dropped += 1 }
                if dropped == 0 { start(element, reader) }
                isText = element == "t"
            case .end(let element):
                if dropped == 0 { end(element) }
                if Self.droppedElements.contains(element) { dropped = max(0, dropped - 1) }
                isText = false
            case .text(let piece):
                if isText, dropped == 0, !open.isEmpty { open[open.count - 1].text += piece }
            }
        }
    }

    private mutating func start(_ element: String, _ reader: MarkupReader) {
        switch element {
        case "p":
            count += tables.isEmpty && open.isEmpty ? 1 : 0
            open.append(WordParagraph())
        case "tbl": tables.append(Table())
        case "vMerge":
            // A cell that continues the one above says nothing of its own.
            if !tables.isEmpty, reader.attribute("val") != "restart" { tables[tables.count - 1].isContinued = true }
        case "blip", "imagedata": pictures += 1
        case "footnoteReference", "endnoteReference":
            guard let id = reader.attribute("id"), !open.isEmpty else { return }
            notes.append((element == "endnoteReference", id))
            open[open.count - 1].text += "[^\(notes.count)]"
        default: if !open.isEmpty { open[open.count - 1].start(element, reader) }
        }
    }

    private mutating func end(_ element: String) {
        switch element {
        case "p": if let paragraph = open.popLast() { set(paragraph) }
        case "tc":
            guard var table = tables.last else { return }
            let cell = table.isContinued ? "" : table.cell.joined(separator: " ")
            table.cells.append(cell.replacing("\n", with: " ").replacing("|", with: "\\|"))
            (table.cell, table.isContinued) = ([], false)
            tables[tables.count - 1] = table
        case "tr":
            guard let cells = tables.last?.cells else { return }
            tables[tables.count - 1].cells = []
            let row = "| " + cells.joined(separator: " | ") + " |"
            guard cells.contains(where: { !$0.isEmpty }) else { return }
            if tables.count > 1 {
                tables[tables.count - 2].cell.append(cells.joined(separator: " "))
            } else {
                text.add(row, .row, section: "paragraph \(count)")
            }
        case "tbl":
            _ = tables.popLast()
        default: if !open.isEmpty { open[open.count - 1].end(element) }
        }
    }

    private mutating func set(_ paragraph: WordParagraph) {
        let content = paragraph.text.trimmed
        guard !content.isEmpty else { return }
        if !tables.isEmpty {
            tables[tables.count - 1].cell.append(content)
            return
        }
        let section = "paragraph \(count)"
        let style = paragraph.style ?? ""
        let reference = paragraph.numbering ?? styles.numbering(of: style)
        let label = reference.flatMap { numbering.label(for: $0) }
        let outline = paragraph.outlineLevel.flatMap { (0..<9).contains($0) ? min($0 + 1, 6) : nil }
        if let level = outline ?? styles.headingLevel(of: style) {
            let number = label.map { $0 == "-" ? "" : $0 + " " } ?? ""
            text.add(String(repeating: "#", count: level) + " " + number + content, section: section)
        } else if let label {
            let indent = String(repeating: "  ", count: reference?.level ?? 0)
            text.add("\(indent)\(label) \(content)", .item, section: section)
        } else {
            text.add(content, section: section)
        }
    }
}

/// A paragraph that is being read.
struct WordParagraph {
    var text = ""
    var style: String?
    var outlineLevel: Int?
    var numbering: WordNumbering.Reference?
    /// Whether the properties that describe the paragraph are open; runs have properties of their own.
    private var isInProperties = false

    mutating func start(_ element: String, _ reader: MarkupReader) {
        switch element {
        case "pPr": isInProperties = true
        case "pStyle": style = reader.attribute("val")
        case "outlineLvl": outlineLevel = reader.attribute("val").flatMap { Int($0) }
        case "numId":
            numbering = WordNumbering.Reference(list: reader.attribute("val") ?? "0", level: numbering?.level ?? 0)
        case "ilvl":
            let level = WordNumbering.Reference.level(reader.attribute("val"))
            numbering = WordNumbering.Reference(list: numbering?.list ?? "0", level: level)
        case "tab": if !isInProperties { text += "\t" }
        case "br", "cr": if !isInProperties { text += "\n" }
        case "noBreakHyphen": text += "-"
        default: break
        }
    }

    mutating func end(_ element: String) {
        if element == "pPr" { isInProperties = false }
    }
}
