// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage

/// HTML as the text a person would read, with Markdown's marks for headings, lists and tables.
///
/// Scripts, styles, hidden elements and what is typed into forms are dropped; of a list to choose from, the chosen
/// option stays; pictures leave their alternative text.
struct HTMLText {
    /// What surrounds a paragraph; each cell of a table begins with none of it.
    struct Context {
        var lists: [HTMLList] = []
        /// What stands in front of the paragraph that is open.
        var mark = ""
        var quotes = 0
        var preformatted = 0
    }

    var builder = TextBuilder()
    var paragraph = InlineText()
    var context = Context()
    var tables: [HTMLTable] = []
    /// How many empty cells merged ones may still add to the page: a few bytes can ask for a thousand.
    var blanks = 1 << 20
    /// The line of the paragraph's first text.
    var line: Int?
    /// The raised and lowered texts that are open, from the outermost.
    var raised: [RaisedText.Piece] = []
    private var formula: MathText?
    private var choice: ChoiceText?
    /// The elements whose content is dropped, from the outermost.
    private var dropped: [String] = []
    var title = ""
    private(set) var showsTitle = true

    /// Reads UTF-8 HTML; a book's chapters repeat their titles as headings or name files there.
    static func read(_ bytes: [UInt8], name: String, showsTitle: Bool = true) throws -> TextBuilder {
        var text = HTMLText()
        text.showsTitle = showsTitle
        let reader = try open(CharacterReferences.completed(bytes), name: name)
        while let event = try reader.next() {
            switch event {
            case .start(let element): text.start(element, reader)
            case .end(let element): text.end(element)
            case .text(let piece): text.add(piece, reader.line)
            }
        }
        text.flush()
        text.builder.finish()
        return text.builder
    }

    private static func open(_ bytes: [UInt8], name: String) throws -> MarkupReader {
        do {
            return try MarkupReader(bytes, syntax: .html, name: name)
        } catch {
            guard let plain = FormattingTags.removed(from: bytes),
                let reader = try? MarkupReader(plain, syntax: .html, name: name)
            else { throw error }
            return reader
        }
    }

    private mutating func start(_ element: String, _ reader: MarkupReader) {
        guard dropped.isEmpty else {
            if element == dropped.last { dropped.append(element) }
            return
        }
        // A button inside of code is no part of it: it copies or runs the code.
        let isInCode = element == "button" && context.preformatted > 0
        if isInCode || Self.droppedElements.contains(element) || Self.isHidden(reader) {
            dropped.append(element)
        } else if Self.blocks.contains(element) {
            // No formula and no list to choose from holds blocks: one that does was never ended.
            endFormula()
            endChoice()
            startBlock(element, reader)
        } else if formula != nil {
            formula?.start(element, encoding: reader.attribute("encoding"))
        } else {
            startInline(element, reader)
        }
    }

    private mutating func startInline(_ element: String, _ reader: MarkupReader) {
        switch element {
        case "br":
            setRaised()
            paragraph.breakLine()
        case "img":
            if let description = reader.attribute("alt")?.trimmed, !description.isEmpty {
                add("[\(description)]", reader.line)
            }
        case "sup", "sub": raised.append(RaisedText.Piece(isSuperscript: element == "sup"))
        case "math": formula = MathText()
        case "select":
            endChoice()
            choice = ChoiceText()
        case "option": choice?.start(isSelected: reader.attribute("selected") != nil)
        case "button": paragraph.startLabel()
        case "q": add("“", reader.line)
        default: break
        }
    }

    private mutating func end(_ element: String) {
        if !dropped.isEmpty {
            if dropped.last == element { dropped.removeLast() }
            return
        }
        if Self.blocks.contains(element) { return endBlock(element) }
        if formula != nil {
            if formula?.end() == true { endFormula() }
            return
        }
        switch element {
        case "sup", "sub":
            if let piece = raised.popLast() { add(piece.shown, nil) }
        case "select": endChoice()
        case "button": paragraph.endLabel(removing: Self.copyLabels)
        case "q": add("”", nil)
        default: break
        }
    }

    private mutating func endFormula() {
        guard let text = formula?.shown else { return }
        formula = nil
        add(text, nil)
    }

    private mutating func endChoice() {
        guard let text = choice?.shown else { return }
        choice = nil
        add(" \(text) ", nil)
    }

    private mutating func add(_ text: String, _ line: Int?) {
        guard dropped.isEmpty else { return }
        let text = CharacterReferences.withoutControls(text)
        if choice != nil {
            choice?.add(text)
            return
        }
        if self.line == nil, !isBetweenCells(text) { self.line = line }
        if formula != nil {
            formula?.add(text)
        } else if !raised.isEmpty {
            raised[raised.count - 1].text += text
        } else if !isBetweenCells(text) {
            paragraph.add(text)
        }
    }

    /// Whether a text is the white space between a table's cells.
    private func isBetweenCells(_ text: String) -> Bool {
        tables.last?.isInCell == false && text.allSatisfy(\.isWhitespace)
    }
}
