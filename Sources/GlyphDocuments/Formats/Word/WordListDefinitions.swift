// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

/// The lists of a DOCX document as `numbering.xml` defines them.
struct WordListDefinitions {
    /// How one level of a list is labelled.
    struct Level {
        var format = "decimal"
        var text = ""
        var start = 1
        /// Whether the numbers of all levels show as decimals, as laws want it.
        var isLegal = false
        /// The level that starts this one over, from 1, or 0 where none does; all above do unless it is said.
        var restart: Int?
        /// The paragraph style that stands for this level.
        var style: String?

        fileprivate mutating func set(_ property: String, _ reader: WordReader) {
            let value = reader.attribute("val")
            switch property {
            case "numFmt": format = value ?? "decimal"
            case "lvlText": text = value ?? ""
            case "start": start = WordListDefinitions.firstNumber(value)
            case "isLgl": isLegal = reader.isOn
            case "lvlRestart": restart = value.flatMap { Int($0) }
            case "pStyle": style = value
            default: break
            }
        }
    }

    /// The levels that lists may share, or the style under which they are defined.
    private struct Definition {
        var levels: [Int: Level] = [:]
        var link: String?
    }

    private struct List {
        var definition = ""
        /// Levels that differ from the definition's.
        var levels: [Int: Level] = [:]
        /// Where levels start over when the list comes to them first.
        var starts: [Int: Int] = [:]
    }

    private var definitions: [String: Definition] = [:]
    private var lists: [String: List] = [:]
    /// The definitions by the style that they are the list of.
    private var definitionOfStyle: [String: String] = [:]

    /// Reads `numbering.xml`, which a document without lists lacks.
    init(_ bytes: [UInt8]?, name: String) throws {
        guard let bytes else { return }
        var reader = try WordReader(bytes, name: "\(name): numbering.xml")
        var place = Place()
        while let event = try reader.next() {
            switch event {
            case .start(let element): start(element, reader, &place)
            case .end("abstractNum"): place.definition = nil
            case .end("num"): place.list = nil
            case .end, .text: break
            }
        }
    }

    /// Where the reading is.
    private struct Place {
        var definition: String?
        var list: String?
        var level = 0
    }

    private mutating func start(_ element: String, _ reader: WordReader, _ place: inout Place) {
        let value = reader.attribute("val")
        if element == "lvl" || element == "lvlOverride" {
            place.level = WordNumbering.Reference.level(reader.attribute("ilvl"))
        }
        if element == "abstractNum" {
            place.definition = reader.attribute("abstractNumId")
            if let id = place.definition { definitions[id] = Definition() }
        } else if element == "num" {
            place.list = reader.attribute("numId")
            if let id = place.list { lists[id] = List() }
        } else if let id = place.definition {
            switch element {
            case "lvl": definitions[id]?.levels[place.level] = Level()
            case "numStyleLink": definitions[id]?.link = value
            case "styleLink": if let value { definitionOfStyle[value] = id }
            default: definitions[id]?.levels[place.level]?.set(element, reader)
            }
        } else if let id = place.list {
            switch element {
            case "abstractNumId": lists[id]?.definition = value ?? ""
            case "lvl": lists[id]?.levels[place.level] = Level()
            case "startOverride": lists[id]?.starts[place.level] = Self.firstNumber(value)
            default: lists[id]?.levels[place.level]?.set(element, reader)
            }
        }
    }

    /// A number with room to count on from it.
    private static func firstNumber(_ value: String?) -> Int { Int(value.flatMap { Int32($0) } ?? 1) }

    /// The definition that a list counts by, which others may count by too.
    func definition(of list: String) -> String? {
        guard let id = lists[list]?.definition, let definition = definitions[id] else { return nil }
        return definition.link.flatMap { definitionOfStyle[$0] } ?? id
    }

    /// A level of a list, or nil where it is not defined.
    func level(_ level: Int, of list: String) -> Level? {
        guard let definition = definition(of: list), let entry = lists[list] else { return nil }
        var found = entry.levels[level] ?? definitions[definition]?.levels[level]
        if let start = entry.starts[level] { found?.start = start }
        return found
    }

    /// Whether a level starts over when the list comes to it first.
    func startsOver(_ level: Int, of list: String) -> Bool { lists[list]?.starts[level] != nil }

    /// The level of a list that one of the styles stands for, the nearest first.
    func level(of list: String, for styles: [String]) -> Int? {
        for style in styles {
            if let found = (0...8).first(where: { level($0, of: list)?.style == style }) { return found }
        }
        return nil
    }
}
