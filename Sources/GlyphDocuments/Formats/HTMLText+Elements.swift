// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

/// What is known of HTML's elements.
extension HTMLText {
    /// Elements that are not read: programs, drawings, what is embedded, and what a person is to fill in.
    static let droppedElements: Set<String> = [
        "script", "style", "noscript", "template", "svg", "iframe", "object", "textarea", "datalist", "canvas", "audio",
        "video", "dialog",
    ]

    /// Elements that begin and end a paragraph.
    static let blocks: Set<String> = [
        "address", "article", "aside", "blockquote", "body", "center", "dd", "details", "div", "dl", "dt", "fieldset",
        "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "legend", "li",
        "main", "menu", "nav", "ol", "p", "pre", "section", "summary", "table", "tbody", "thead", "tfoot", "tr", "td",
        "th", "caption", "title", "ul",
    ]

    /// What buttons say that copy the text beside them, in lower case.
    static let copyLabels: Set<String> = ["copy", "copy code", "copy to clipboard", "copied", "copied!"]

    /// Whether an element that has just begun is not shown, or repeats a formula that is.
    static func isHidden(_ reader: MarkupReader) -> Bool {
        if reader.attribute("hidden") != nil { return true }
        let style = reader.attribute("style")?.lowercased().filter { !$0.isWhitespace } ?? ""
        if style.contains("display:none") || style.contains("visibility:hidden") { return true }
        // KaTeX draws a formula that it has also written as MathML.
        return reader.attribute("aria-hidden") == "true"
            && (reader.attribute("class") ?? "").split(separator: " ").contains("katex-html")
    }
}
