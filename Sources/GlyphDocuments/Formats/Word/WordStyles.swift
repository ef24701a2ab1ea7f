// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

/// What styles mean for the text: headings, lists, quotations, and letters that are hidden, raised or lowered.
struct WordStyles {
    /// What a style or a paragraph says of its list.
    struct Numbering {
        private(set) var list: String?
        /// From 0, as Word stores it.
        private(set) var level: Int?

        /// Takes over a property; the level usually comes first.
        mutating func set(_ property: String, _ reader: WordReader) {
            let value = reader.attribute("val")
            switch property {
            case "numId": list = value ?? "0"
            case "ilvl": level = WordNumbering.Reference.level(value)
            default: break
            }
        }
    }

    /// What a style or a run says of its letters.
    struct Letters {
        private(set) var isHidden: Bool?
        /// `superscript`, `subscript` or `baseline`.
        private(set) var position: String?

        /// Takes over a property.
        mutating func set(_ property: String, _ reader: WordReader) {
            switch property {
            case "vanish": isHidden = reader.isOn
            case "vertAlign": position = reader.attribute("val")
            default: break
            }
        }
    }

    private struct Style {
        var name = ""
        var parent: String?
        /// From 0, as Word stores it.
        var outlineLevel: Int?
        var numbering = Numbering()
        var letters = Letters()

        mutating func set(_ property: String, _ reader: WordReader) {
            let value = reader.attribute("val")
            switch property {
            case "name": name = value ?? ""
            case "basedOn": parent = value
            case "outlineLvl": outlineLevel = value.flatMap { Int($0) }
            case "numId", "ilvl": numbering.set(property, reader)
            case "vanish", "vertAlign": letters.set(property, reader)
            default: break
            }
        }
    }

    private var styles: [String: Style] = [:]

    /// Reads `styles.xml`, which a document may lack.
    init(_ bytes: [UInt8]?, name: String) throws {
        guard let bytes else { return }
        var reader = try WordReader(bytes, name: "\(name): styles.xml")
        var current: String?
        while let event = try reader.next() {
            guard case .start(let element) = event else { continue }
            if element == "style" {
                current = reader.attribute("styleId")
                if let current { styles[current] = Style() }
            } else if let current {
                styles[current]?.set(element, reader)
            }
        }
    }

    /// The heading's level, from 1 to 6, or nil for a paragraph that is none.
    func headingLevel(of id: String) -> Int? {
        let name = styles[id]?.name.lowercased() ?? id.lowercased()
        if name == "title" { return 1 }
        if let level = Self.headingLevel(outline: inherited(id, \.outlineLevel)) { return level }
        return name.hasPrefix("heading ") ? Int(name.dropFirst(8)).map { min(max(1, $0), 6) } : nil
    }

    /// The level, from 1 to 6, of a heading with an outline level, or nil for Word's tenth, which is body text.
    static func headingLevel(outline level: Int?) -> Int? {
        guard let level, (0..<9).contains(level) else { return nil }
        return min(level + 1, 6)
    }

    /// Whether the style is for quotations that stand apart, under a name of Word, LibreOffice or pandoc.
    func isQuote(_ id: String) -> Bool {
        let name = styles[id]?.name.lowercased() ?? ""
        return ["quote", "intense quote", "quotations", "block text"].contains(name)
    }

    func list(of id: String) -> String? { inherited(id, \.numbering.list) }

    /// The level in its list, from 0.
    func listLevel(of id: String) -> Int? { inherited(id, \.numbering.level) }

    func isHidden(_ id: String?) -> Bool? { id.flatMap { inherited($0, \.letters.isHidden) } }

    func letterPosition(_ id: String?) -> String? { id.flatMap { inherited($0, \.letters.position) } }

    /// A style and those that it is based on, from the nearest.
    func lineage(of id: String) -> [String] {
        var found: [String] = []
        var next: String? = id
        // Styles of a damaged document may be based on each other.
        while let id = next, let style = styles[id], found.count < 32 {
            found.append(id)
            next = style.parent
        }
        return found
    }

    /// A property of a style or of the nearest one that it is based on.
    private func inherited<Value>(_ id: String, _ property: KeyPath<Style, Value?>) -> Value? {
        for id in lineage(of: id) {
            if let value = styles[id]?[keyPath: property] { return value }
        }
        return nil
    }
}
