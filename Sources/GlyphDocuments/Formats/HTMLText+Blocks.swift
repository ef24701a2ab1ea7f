// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage

/// Paragraphs, headings, lists and quotations.
extension HTMLText {
    /// How deep lists and quotations are indented at most; hostile pages nest them without end.
    private static let deepest = 16

    /// Starts an element that begins a paragraph.
    mutating func startBlock(_ element: String, _ reader: MarkupReader) {
        switch element {
        case "table", "tbody", "thead", "tfoot", "tr", "td", "th": startTablePart(element, reader)
        default:
            flush()
            line = reader.line
            if element == "caption" { holdsData() }
            prepare(element, reader)
        }
    }

    /// Ends an element that `startBlock` has started.
    mutating func endBlock(_ element: String) {
        switch element {
        case "table", "tbody", "thead", "tfoot", "tr", "td", "th": return endTablePart(element)
        default: flush(isTitle: element == "title")
        }
        switch element {
        case "ol", "ul", "menu": _ = context.lists.popLast()
        case "blockquote": context.quotes = max(0, context.quotes - 1)
        case "pre":
            context.preformatted = max(0, context.preformatted - 1)
            paragraph.keepsSpace = context.preformatted > 0
        // The mark of a block without text would fall to the next one.
        case "h1", "h2", "h3", "h4", "h5", "h6", "li", "dd", "title": context.mark = ""
        default: break
        }
    }

    /// Sets the mark of a paragraph that begins.
    private mutating func prepare(_ element: String, _ reader: MarkupReader) {
        switch element {
        case "h1", "h2", "h3", "h4", "h5", "h6":
            context.mark = String(repeating: "#", count: Int(element.suffix(1)) ?? 1) + " "
        case "ol", "ul", "menu": context.lists.append(HTMLList(element, reader))
        case "li":
            let depth = context.lists.count - 1
            let mark = depth < 0 ? "- " : context.lists[depth].nextMark(value: reader.attribute("value"))
            context.mark = String(repeating: "  ", count: min(max(0, depth), Self.deepest)) + mark
        case "dd": context.mark = "  "
        case "blockquote": context.quotes += 1
        case "hr": place(HTMLBlock(text: "---", kind: .rule, line: line))
        case "pre":
            context.preformatted += 1
            paragraph.keepsSpace = true
        case "title": context.mark = "# "
        default: break
        }
    }

    /// Sets the paragraph that is open.
    mutating func flush(isTitle: Bool = false) {
        setRaised()
        let text = paragraph.take()
        defer { line = nil }
        guard !text.trimmed.isEmpty else { return }
        let mark = context.mark
        context.mark = ""
        // A page's title usually returns as its first heading.
        if isTitle {
            title = text
            guard showsTitle else { return }
        } else if showsTitle, mark == "# ", text == title {
            return
        }
        let indent = mark.hasPrefix("#") ? "" : String(repeating: " ", count: mark.count)
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let set = lines.enumerated().map { ($0.offset == 0 ? mark : indent) + $0.element }
        place(HTMLBlock(text: set.joined(separator: "\n"), kind: kind(of: mark), line: line))
    }

    private func kind(of mark: String) -> HTMLBlock.Kind {
        if mark.hasPrefix("#") { return .heading }
        if mark == "  " || !mark.isEmpty && !context.lists.isEmpty { return .item }
        return context.preformatted > 0 ? .code : .paragraph
    }

    /// Sets a block where it belongs: in the innermost cell that is open, or in the text.
    mutating func place(_ block: HTMLBlock) {
        var block = block
        if context.quotes > 0 {
            let quote = String(repeating: "> ", count: min(context.quotes, Self.deepest))
            block.text = quote + block.text.replacing("\n", with: "\n" + quote)
        }
        if let index = tables.lastIndex(where: { $0.isInCell }) {
            tables[index].add(block)
        } else {
            builder.add(block.text, block.spacing, line: block.line)
        }
    }

    /// Moves raised and lowered texts into the paragraph, also of elements that have not ended.
    mutating func setRaised() {
        for index in raised.indices {
            paragraph.add(raised[index].shown)
            raised[index].text = ""
        }
    }
}
