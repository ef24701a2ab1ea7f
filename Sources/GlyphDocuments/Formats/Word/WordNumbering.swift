// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage

/// The labels of list items, counted as Word counts them.
struct WordNumbering {
    /// Which list a paragraph belongs to, and how deep.
    struct Reference: Hashable {
        var list: String
        var level: Int

        /// Reads a level; Word has nine of them.
        static func level(_ text: String?) -> Int { min(max(0, text.flatMap { Int($0) } ?? 0), 8) }
    }

    private let definitions: WordListDefinitions
    /// How far the levels of a definition have been counted, by all lists that count by it.
    private var counters: [String: [Int: Int]] = [:]
    /// Levels of lists that have started over, which each does once.
    private var started: Set<Reference> = []

    /// Reads `numbering.xml`, which a document without lists lacks.
    init(_ bytes: [UInt8]?, name: String) throws {
        definitions = try WordListDefinitions(bytes, name: name)
    }

    /// The list and the level of a paragraph by what it and its style say.
    ///
    /// A style's level is the one that names the style; what the style itself says of it counts only without.
    func reference(for paragraph: WordParagraph, _ styles: WordStyles) -> Reference? {
        let style = paragraph.style ?? ""
        guard let list = paragraph.numbering.list ?? styles.list(of: style) else { return nil }
        let level =
            paragraph.numbering.level ?? definitions.level(of: list, for: styles.lineage(of: style))
            ?? styles.listLevel(of: style)
        return Reference(list: list, level: level ?? 0)
    }

    /// The label of the next item, such as `2.1.` or `-`, or nil when the paragraph has none.
    mutating func label(for reference: Reference) -> String? {
        guard reference.list != "0" else { return nil }  // how Word takes a numbering away again
        guard let level = definitions.level(reference.level, of: reference.list) else { return "-" }
        let counts = count(reference, level)
        switch level.format {
        // A bullet that is blank sets a paragraph under the item before it.
        case "bullet": return level.text.isEmpty || !level.text.trimmed.isEmpty ? "-" : nil
        case "none": return nil
        default: break
        }
        var label = level.text
        for index in 0...reference.level {
            let shown = index == reference.level ? level : definitions.level(index, of: reference.list)
            let number = counts[index] ?? shown?.start ?? 1
            let format = level.isLegal ? "decimal" : shown?.format ?? "decimal"
            label = label.replacing("%\(index + 1)", with: Self.numeral(number, format))
        }
        return label.isEmpty ? nil : label
    }

    /// Counts an item, and gives how far all levels are counted then.
    private mutating func count(_ reference: Reference, _ level: WordListDefinitions.Level) -> [Int: Int] {
        guard let definition = definitions.definition(of: reference.list) else { return [:] }
        var counts = counters[definition] ?? [:]
        if definitions.startsOver(reference.level, of: reference.list), started.insert(reference).inserted {
            counts[reference.level] = nil
        }
        counts[reference.level] = (counts[reference.level] ?? level.start - 1) + 1
        for deeper in counts.keys where deeper > reference.level {
            let restart = definitions.level(deeper, of: reference.list)?.restart ?? deeper
            if reference.level < restart { counts[deeper] = nil }
        }
        counters[definition] = counts
        return counts
    }
}
