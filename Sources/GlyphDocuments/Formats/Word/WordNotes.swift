// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

/// The texts of footnotes or endnotes by their numbers.
struct WordNotes {
    private var texts: [String: String] = [:]
    /// What the notes show that their texts do not say.
    private(set) var losses = WordLosses()

    /// Reads `footnotes.xml` or `endnotes.xml`, which a document without notes lacks.
    init(_ bytes: [UInt8]?, element: String, styles: WordStyles, name: String) throws {
        guard let bytes else { return }
        var reader = try WordReader(bytes, name: "\(name): \(element)s")
        var paragraphs = WordParagraphs(styles: styles)
        var id: String?
        var words: [Substring] = []
        while let event = try reader.next() {
            switch event {
            case .start(element): (id, words) = (reader.attribute("id"), [])
            case .start(let name): paragraphs.start(name, reader)
            case .end(element):
                if let id { texts[id] = words.joined(separator: " ") }
                id = nil
            case .end(let name):
                if let ended = paragraphs.end(name) { words += ended.text.split(whereSeparator: \.isWhitespace) }
            case .text(let piece): paragraphs.add(piece)
            }
        }
        losses = paragraphs.losses
    }

    subscript(_ id: String) -> String? { texts[id] }
}
