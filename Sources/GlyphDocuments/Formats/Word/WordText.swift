// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage

/// DOCX documents as text, with Markdown's marks for headings, lists, tables and notes (ECMA-376, part 1).
///
/// Deleted text of tracked changes and hidden text are left out, inserted text is kept. Headers, footers and comments
/// are not read.
enum WordText {
    /// Reads a document.
    ///
    /// - Returns: the text, and notes about what is not text.
    /// - Throws: `InputError` for a damaged or encrypted document, or one without text.
    static func read(
        _ bytes: [UInt8],
        name: String,
        limits: DocumentLimits
    ) throws -> (text: TextBuilder, notes: [String]) {
        let package = try PackedDocument(bytes, name: name, limits: limits) {
            $0.hasSuffix(".xml") || $0.hasSuffix(".rels")
        }
        let main = try mainPart(of: package)
        let folder = PackedDocument.folder(of: main)
        let styles = try WordStyles(package["\(folder)/styles.xml"], name: name)
        let numbering = try WordNumbering(package["\(folder)/numbering.xml"], name: name)
        var body = WordBody(styles: styles, numbering: numbering)
        try body.read(package.required(main), name: "\(name): \(main)")
        var text = body.text
        let footnotes = try WordNotes(
            package["\(folder)/footnotes.xml"],
            element: "footnote",
            styles: styles,
            name: name
        )
        let endnotes = try WordNotes(package["\(folder)/endnotes.xml"], element: "endnote", styles: styles, name: name)
        for (index, note) in body.notes.enumerated() {
            let content = (note.isEndnote ? endnotes : footnotes)[note.id] ?? ""
            text.add("[^\(index + 1)]: \(content)", .item, section: "note \(index + 1)")
        }
        guard !text.bytes.isEmpty else {
            throw InputError(at: name, "has no text", expected: "a document with at least one word")
        }
        text.finish()
        var losses = body.losses
        losses.add(footnotes.losses)
        losses.add(endnotes.losses)
        return (text, try losses.notes + comments(package, folder))
    }

    /// The main part, which usually is `word/document.xml`.
    private static func mainPart(of package: PackedDocument) throws -> String {
        let relations = try MarkupReader(package.required("_rels/.rels"), syntax: .xml, name: package.name)
        while let event = try relations.next() {
            guard case .start("Relationship") = event else { continue }
            if let type = relations.attribute("Type"), type.hasSuffix("/officeDocument"),
                let target = relations.attribute("Target")
            {
                return PackedDocument.resolve(target, from: "")
            }
        }
        return "word/document.xml"
    }

    /// What to say about comments, which are not read.
    private static func comments(_ package: PackedDocument, _ folder: String) throws -> [String] {
        guard let comments = package["\(folder)/comments.xml"] else { return [] }
        let reader = try MarkupReader(comments, syntax: .xml, name: package.name)
        var count = 0
        while let event = try reader.next() { if case .start("comment") = event { count += 1 } }
        return count > 0 ? ["not read: \("comment".counted(count))"] : []
    }
}
