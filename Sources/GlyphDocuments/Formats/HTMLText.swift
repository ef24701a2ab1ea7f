// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage

/// HTML as the text a person would read, with Markdown's marks for headings, lists and tables.
///
/// Scripts, styles, forms' controls and hidden elements are dropped; pictures leave their alternative text.
struct HTMLText {
    private var builder = TextBuilder()
    private var paragraph = InlineText()
    /// The line of the paragraph's first text.
    private var line: Int?
    /// The elements whose content is dropped, from the outermost.
    private var dropped: [String] = []
    private var lists: [(isOrdered: Bool, next: Int)] = []
    /// What stands in front of the paragraph that is open.
    private var mark = ""
    private var quotes = 0
    private var preformatted = 0
    private var tables: [Table] = []
    private var title = ""
    private var showsTitle = true

    private struct Table {
        var cells: [String] = []
        /// Whether a cell is open; the paragraph collects its text.
        var isInCell = false
        var hasRows = false
    }

    /// Reads UTF-8 HTML; a book's chapters repeat their titles as headings or name files there.
    static func read(_ bytes: [UInt8], name: String, showsTitle: Bool = true) throws -> TextBuilder {
        var text = HTMLText()
        text.showsTitle = showsTitle
        let reader = try open(bytes, name: name)
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

    private static let droppedElements: Set<String> = [
        "script", "style", "noscript", "template", "svg", "iframe", "object", "select", "button", "textarea",
        "datalist",
        "canvas", "audio", "video", "dialog",
    ]

    private static let blocks: Set<String> = [
        "address", "article", "aside", "blockquote", "body", "center", "dd", "details", "div", "dl", "dt", "fieldset",
        "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "legend", "li",
        "main", "menu", "nav", "ol", "p", "pre", "section", "summary", "table", "tbody", "thead", "tfoot", "tr", "td",
        "th", "caption", "title", "ul",
    ]

    private mutating func start(_ element: String, _ reader: MarkupReader) {
        guard dropped.isEmpty else {
            if element == dropped.last { dropped.append(element) }
            return
        }
        if Self.droppedElements.contains(element) || isHidden(reader) {
            dropped.append(element)
            return
        }
        if Self.blocks.contains(element) { startBlock(element, reader.line) }
        switch element {
        case "br": paragraph.breakLine()
        case "img":
            if let description = reader.attribute("alt")?.trimmed, !description.isEmpty {
                add("[\(description)]", reader.line)
            }
        case "ol": lists.append((true, Int(reader.attribute("start").flatMap { Int32($0) } ?? 1)))
        case "ul", "menu": lists.append((false, 0))
        case "q": add("“", reader.line)
        default: break
        }
    }

    private mutating func startBlock(_ element: String, _ line: Int?) {
        if let table = tables.last, table.isInCell {
            // Everything in a cell stays in its row.
            switch element {
            case "table", "tr", "td", "th", "tbody", "thead", "tfoot": break
            default:
                paragraph.space()
                return
            }
        }
        switch element {
        case "table":
            if tables.last?.isInCell == true { paragraph.space() } else { flush() }
            tables.append(Table())
        case "td", "th":
            guard !tables.isEmpty, !isNested else { return paragraph.space() }
            closeCell()
            tables[tables.count - 1].isInCell = true
        case "tr":
            guard !tables.isEmpty, !isNested else { return paragraph.space() }
            closeRow()
            self.line = line
        case "tbody", "thead", "tfoot": break
        default:
            flush()
            self.line = line
            prepare(element)
        }
    }

    /// Whether the table that is open lies in another one's cell.
    private var isNested: Bool { tables.dropLast().contains { $0.isInCell } }

    /// Sets the mark of a paragraph that begins.
    private mutating func prepare(_ element: String) {
        switch element {
        case "h1", "h2", "h3", "h4", "h5", "h6":
            mark = String(repeating: "#", count: Int(element.suffix(1)) ?? 1) + " "
        case "li":
            let indent = String(repeating: "  ", count: max(0, lists.count - 1))
            if let list = lists.last, list.isOrdered {
                mark = "\(indent)\(list.next). "
                lists[lists.count - 1].next += 1
            } else {
                mark = indent + "- "
            }
        case "dd": mark = "  "
        case "blockquote": quotes += 1
        case "hr": builder.add("---", line: line)
        case "pre":
            preformatted += 1
            paragraph.keepsSpace = true
        case "title": mark = "# "
        default: break
        }
    }

    private mutating func end(_ element: String) {
        if !dropped.isEmpty {
            if dropped.last == element { dropped.removeLast() }
            return
        }
        switch element {
        case "td", "th": if isNested { paragraph.space() } else { closeCell() }
        case "tr": if isNested { paragraph.space() } else { closeRow() }
        case "table":
            if !isNested { closeRow() }
            _ = tables.popLast()
        case "q": add("”", nil)
        case let block where Self.blocks.contains(block):
            if tables.last?.isInCell == true { return paragraph.space() }
            flush(isTitle: block == "title")
            switch block {
            case "ol", "ul", "menu": _ = lists.popLast()
            case "blockquote": quotes = max(0, quotes - 1)
            case "pre":
                preformatted = max(0, preformatted - 1)
                paragraph.keepsSpace = preformatted > 0
            default: break
            }
        default: break
        }
    }

    private mutating func add(_ text: String, _ line: Int?) {
        guard dropped.isEmpty else { return }
        // Between a table's rows there is nothing but what a browser would move elsewhere.
        if let table = tables.last, !table.isInCell, text.allSatisfy(\.isWhitespace) { return }
        if self.line == nil { self.line = line }
        paragraph.add(text)
    }

    private mutating func closeCell() {
        guard var table = tables.last, table.isInCell else { return }
        table.cells.append(paragraph.take().replacing("\n", with: " ").replacing("|", with: "\\|"))
        table.isInCell = false
        tables[tables.count - 1] = table
    }

    private mutating func closeRow() {
        closeCell()
        guard let cells = tables.last?.cells else { return }
        if cells.contains(where: { !$0.isEmpty }) {
            builder.add("| " + cells.joined(separator: " | ") + " |", .row, line: line)
        }
        tables[tables.count - 1].cells = []
        line = nil
    }

    /// Sets the paragraph that is open.
    private mutating func flush(isTitle: Bool = false) {
        let text = paragraph.take()
        defer { line = nil }
        guard !text.trimmed.isEmpty else { return }
        // A page's title usually returns as its first heading.
        if isTitle {
            title = text
            guard showsTitle else { return mark = "" }
        } else if showsTitle, mark == "# ", text == title {
            return mark = ""
        }
        let isItem = !lists.isEmpty && mark.trimmed != "" || mark == "  "
        let quote = String(repeating: "> ", count: quotes)
        let indent = mark.hasPrefix("#") ? "" : String(repeating: " ", count: mark.count)
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let set = lines.enumerated().map { quote + ($0.offset == 0 ? mark : indent) + $0.element }
        builder.add(set.joined(separator: "\n"), isItem ? .item : .apart, line: line)
        mark = ""
    }

    private func isHidden(_ reader: MarkupReader) -> Bool {
        if reader.attribute("hidden") != nil { return true }
        let style = reader.attribute("style")?.lowercased().filter { !$0.isWhitespace } ?? ""
        return style.contains("display:none") || style.contains("visibility:hidden")
    }
}
