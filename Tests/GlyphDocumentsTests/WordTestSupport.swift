// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

@testable import GlyphDocuments

/// Parts of DOCX documents made of pieces of their mark-up.
enum WordParts {
    private static let spaces = ["w", "wp", "a", "c", "dgm", "mc", "v", "w14"]
        .map { "xmlns:\($0)=\"\($0)\"" }
        .joined(separator: " ")

    /// The bytes of a part.
    static func part(_ root: String, _ content: String) -> [UInt8] {
        Array("<w:\(root) \(spaces)>\(content)</w:\(root)>".utf8)
    }

    /// A body that has been read.
    static func body(_ content: String, styles: String = "", numbering: String = "") throws -> WordBody {
        var body = try WordBody(
            styles: self.styles(styles),
            numbering: WordNumbering(part("numbering", numbering), name: "a.docx")
        )
        try body.read(part("document", "<w:body>\(content)</w:body>"), name: "a.docx")
        return body
    }

    /// What reading a body gives.
    static func text(_ content: String, styles: String = "", numbering: String = "") throws -> String {
        try String(decoding: body(content, styles: styles, numbering: numbering).text.bytes, as: UTF8.self)
    }

    static func styles(_ content: String) throws -> WordStyles {
        try WordStyles(part("styles", content), name: "a.docx")
    }

    /// A run with properties.
    static func run(_ text: String, _ properties: String = "") -> String {
        "<w:r><w:rPr>\(properties)</w:rPr><w:t xml:space=\"preserve\">\(text)</w:t></w:r>"
    }

    /// A paragraph of one run, with properties of its own.
    static func paragraph(_ text: String, _ properties: String = "") -> String {
        "<w:p><w:pPr>\(properties)</w:pPr>\(text.isEmpty ? "" : run(text))</w:p>"
    }

    /// A table's cell.
    static func cell(_ paragraphs: String, _ properties: String = "") -> String {
        "<w:tc><w:tcPr>\(properties)</w:tcPr>\(paragraphs)</w:tc>"
    }

    /// An element without content, with one value.
    static func value(_ element: String, _ value: String) -> String { "<w:\(element) w:val=\"\(value)\"/>" }

    /// What puts a paragraph into a list.
    static func item(_ list: Int, _ level: Int = 0) -> String {
        "<w:numPr>\(value("ilvl", "\(level)"))\(value("numId", "\(list)"))</w:numPr>"
    }
}
