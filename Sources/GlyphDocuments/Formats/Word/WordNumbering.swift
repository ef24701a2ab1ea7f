// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage

/// The labels of list items, counted as Word counts them.
struct WordNumbering {
    /// Which list a paragraph belongs to, and how deep.
    struct Reference {
        var list: String
        var level: Int

        /// Reads a level; Word has nine of them.
        static func level(_ text: String?) -> Int { min(max(0, text.flatMap { Int($0) } ?? 0), 8) }
    }

    private struct Level {
        var format = "decimal"
        var text = ""
        var start = 1
    }

    /// The levels by the list's definition.
    private var definitions: [String: [Int: Level]] = [:]
    private var definitionOfList: [String: String] = [:]
    /// How far the levels of a definition have been counted.
    private var counters: [String: [Int: Int]] = [:]

    /// Reads `numbering.xml`, which a document without lists lacks.
    init(_ bytes: [UInt8]?, name: String) throws {
        guard let bytes else { return }
        let reader = try MarkupReader(bytes, syntax: .xml, name: "\(name): numbering.xml")
        var definition: String?
        var list: String?
        var level = 0
        while let event = try reader.next() {
            if case .end("abstractNum") = event { definition = nil }
            if case .end("num") = event { list = nil }
            guard case .start(let element) = event else { continue }
            let value = reader.attribute("val")
            switch element {
            case "abstractNum": definition = reader.attribute("abstractNumId")
            case "num": list = reader.attribute("numId")
            case "abstractNumId": if let list { definitionOfList[list] = value }
            case "lvl":
                level = Reference.level(reader.attribute("ilvl"))
                if let definition { definitions[definition, default: [:]][level] = Level() }
            case "numFmt": if let definition { definitions[definition]?[level]?.format = value ?? "decimal" }
            case "lvlText": if let definition { definitions[definition]?[level]?.text = value ?? "" }
            case "start":
                // Room to count on from any start.
                let start = Int(value.flatMap { Int32($0) } ?? 1)
                if let definition { definitions[definition]?[level]?.start = start }
            default: break
            }
        }
    }

    /// The label of the next item, such as `2.1.` or `-`, or nil when the paragraph has none.
    mutating func label(for reference: Reference) -> String? {
        guard reference.list != "0" else { return nil }  // how Word takes a numbering away again
        guard let definition = definitionOfList[reference.list], let levels = definitions[definition],
            let level = levels[reference.level]
        else { return "-" }
        var counts = counters[definition] ?? [:]
        counts[reference.level] = (counts[reference.level] ?? level.start - 1) + 1
        for deeper in counts.keys where deeper > reference.level { counts[deeper] = nil }
        counters[definition] = counts
        if level.format == "bullet" { return "-" }
        if level.format == "none" { return nil }
        var label = level.text
        for index in 0...reference.level {
            let format = levels[index]?.format ?? "decimal"
            let count = counts[index] ?? levels[index]?.start ?? 1
            label = label.replacing("%\(index + 1)", with: Self.numeral(count, format))
        }
        return label.isEmpty ? nil : label
    }

    /// A number as a list shows it.
    static func numeral(_ number: Int, _ format: String) -> String {
        switch format {
        case "lowerLetter", "upperLetter":
            guard (1...780).contains(number) else { return "\(number)" }
            // After z come aa, bb, cc.
            let letter = String(UnicodeScalar(UInt8(97 + (number - 1) % 26)))
            let letters = String(repeating: letter, count: (number - 1) / 26 + 1)
            return format == "upperLetter" ? letters.uppercased() : letters
        case "lowerRoman": return roman(number).lowercased()
        case "upperRoman": return roman(number)
        case "decimalZero": return number < 10 ? "0\(number)" : "\(number)"
        default: return "\(number)"
        }
    }

    private static func roman(_ number: Int) -> String {
        guard (1..<4000).contains(number) else { return "\(number)" }
        let values = [
            (1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL"), (10, "X"),
            (9, "IX"), (5, "V"), (4, "IV"), (1, "I"),
        ]
        var (rest, text) = (number, "")
        for (value, letters) in values {
            while rest >= value {
                text += letters
                rest -= value
            }
        }
        return text
    }
}
