// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage

/// What paragraph styles mean for the text: headings and lists.
struct WordStyles {
    struct Style {
        var name = ""
        var parent: String?
        /// From 0, as Word stores it.
        var outlineLevel: Int?
        var numbering: WordNumbering.Reference?
    }

    private var styles: [String: Style] = [:]

    /// Reads `styles.xml`, which a document may lack.
    init(_ bytes: [UInt8]?, name: String) throws {
        guard let bytes else { return }
        let reader = try MarkupReader(bytes, syntax: .xml, name: "\(name): styles.xml")
        var current: String?
        while let event = try reader.next() {
            guard case .start(let element) = event else { continue }
            if element == "style" {
                current = reader.attribute("styleId")
                if let current { styles[current] = Style() }
            }
            guard let id = current else { continue }
            let value = reader.attribute("val")
            switch element {
            case "name": styles[id]?.name = value ?? ""
            case "basedOn": styles[id]?.parent = value
            case "outlineLvl": styles[id]?.outlineLevel = value.flatMap { Int($0) }
            case "numId": styles[id]?.numbering = WordNumbering.Reference(list: value ?? "0", level: 0)
            case "ilvl": styles[id]?.numbering?.level = WordNumbering.Reference.level(value)
            default: break
            }
        }
    }

    /// The heading's level, from 1 to 6, or nil for a paragraph that is none.
    func headingLevel(of id: String) -> Int? {
        let name = styles[id]?.name.lowercased() ?? id.lowercased()
        if name == "title" { return 1 }
        guard let level = inherited(id, \.outlineLevel), (0..<9).contains(level) else {
            return name.hasPrefix("heading ") ? Int(name.dropFirst(8)).map { min(max(1, $0), 6) } : nil
        }
        return min(level + 1, 6)
    }

    func numbering(of id: String) -> WordNumbering.Reference? { inherited(id, \.numbering) }

    /// A property of a style or of the nearest one that it is based on.
    private func inherited<Value>(_ id: String, _ property: KeyPath<Style, Value?>) -> Value? {
        var next: String? = id
        for _ in 0..<32 {  // styles of a damaged document may be based on each other
            guard let id = next, let style = styles[id] else { return nil }
            if let value = style[keyPath: property] { return value }
            next = style.parent
        }
        return nil
    }
}
