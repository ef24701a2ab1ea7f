// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

/// The texts of footnotes or endnotes by their numbers.
enum WordNotes {
    /// Reads `footnotes.xml` or `endnotes.xml`, which a document without notes lacks.
    static func read(
        _ bytes: [UInt8]?,
        element: String,
        name: String
    ) throws -> [String: String] {
        guard let bytes else { return [:] }
        let reader = try MarkupReader(bytes, syntax: .xml, name: "\(name): \(element)s")
        var notes: [String: String] = [:]
        var id: String?
        var (text, isText, deleted) = ("", false, 0)
        while let event = try reader.next() {
            switch event {
            case .start(let name):
                if name == element {
                    (id, text) = (reader.attribute("id"), "")
                }
                if name == "del" { deleted += 1 }
                if name == "tab" || name == "br" { text += " " }
                isText = name == "t"
            case .end(let name):
                if name == "del" { deleted = max(0, deleted - 1) }
                if name == "p" { text += " " }
                if name == element, let known = id {
                    notes[known] = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
                    id = nil
                }
                isText = false
            case .text(let piece): if isText, deleted == 0 { text += piece }
            }
        }
        return notes
    }
}
