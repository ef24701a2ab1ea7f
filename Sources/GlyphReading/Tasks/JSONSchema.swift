// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

package import GlyphPage

/// The part of JSON Schema that says what an answer must look like.
///
/// Checked are `type`, `properties`, `required`, `additionalProperties` (true or false), `items`, `enum`, `minItems`,
/// `maxItems`, `minimum`, `maximum`, `minLength` and `maxLength`. Words that only describe are skipped. A word that is
/// neither is refused, because an answer would seem to be checked that is not.
public struct JSONSchema: Sendable {
    /// The schema as it is shown to a reader, in one line.
    public let text: String
    private let root: JSONValue

    /// Reads a schema; `source` is the file's name, for messages.
    ///
    /// - Throws: `InputError` for text that is no JSON and for words that are not known.
    public init(_ text: String, source: String) throws {
        root = try JSONParser.parse(Array(text.utf8), source: source)
        self.text = JSONAnswer.minified(text)
        try Self.check(root, "\(source): $")
    }

    private static let types = ["object", "array", "string", "number", "integer", "boolean", "null"]
    private static let counts = ["minItems", "maxItems", "minimum", "maximum", "minLength", "maxLength"]
    private static let descriptions = [
        "$schema", "$id", "$comment", "title", "description", "default", "examples", "format", "deprecated",
    ]

    private static func check(_ schema: JSONValue, _ path: String) throws {
        if case .bool = schema { return }
        guard case .object(let words) = schema else {
            throw InputError(at: path, "\(schema.kind) is no schema", expected: "an object, true or false")
        }
        for member in words where !descriptions.contains(member.key) {
            let (word, value) = (member.key, member.value)
            let place = "\(path).\(word)"
            switch (word, value) {
            case ("type", .string(let type)) where types.contains(type): break
            case ("type", .array(let values)) where !values.isEmpty:
                for value in values {
                    guard case .string(let type) = value, types.contains(type) else { throw unknown(value, place) }
                }
            case ("properties", .object(let properties)):
                for property in properties { try check(property.value, "\(place).\(property.key)") }
            case ("items", _): try check(value, place)
            case ("required", .array(let names)):
                for name in names { guard case .string = name else { throw unknown(name, place) } }
            case ("enum", .array(let values)) where !values.isEmpty: break
            case ("additionalProperties", .bool): break
            case (let word, .number) where counts.contains(word): break
            default: throw unknown(value, place)
            }
        }
    }

    private static func unknown(_ value: JSONValue, _ place: String) -> InputError {
        InputError(
            at: place,
            "\(value.kind) cannot be checked here",
            expected: "type, properties, required, additionalProperties, items, enum, " + counts.joined(separator: ", ")
        )
    }

    /// What is wrong with a value, with the place; nothing if it meets the schema.
    package func problem(in value: JSONValue) -> String? { Self.problem(value, root, "$") }

    private static func problem(_ value: JSONValue, _ schema: JSONValue, _ path: String) -> String? {
        if case .bool(let accepts) = schema { return accepts ? nil : "\(path): nothing may stand here" }
        guard case .object(let words) = schema else { return nil }
        let rules = Dictionary(words.map { ($0.key, $0.value) }, uniquingKeysWith: { $1 })
        if let types = rules["type"].map(names), !types.contains(where: { has(value, $0) }) {
            return "\(path): \(value.kind) is not of type \(types.joined(separator: " or "))"
        }
        if case .array(let choices)? = rules["enum"], !choices.contains(where: { equal($0, value) }) {
            return "\(path): \(value.kind) is none of \(choices.map(\.kind).joined(separator: ", "))"
        }
        if let measure = measure(of: value) {
            for (word, isLow) in measure.words {
                guard case .number(let bound)? = rules[word] else { continue }
                if isLow ? measure.size < bound : measure.size > bound {
                    return "\(path): \(value.kind) breaks \(word) \(JSONValue.number(bound).kind)"
                }
            }
        }
        switch value {
        case .object(let members): return problem(members, rules, path)
        case .array(let elements):
            guard let schema = rules["items"] else { return nil }
            return elements.enumerated().lazy.compactMap { problem($1, schema, "\(path)[\($0)]") }.first
        default: return nil
        }
    }

    private static func problem(
        _ members: [JSONValue.Member],
        _ rules: [String: JSONValue],
        _ path: String
    ) -> String? {
        let given = Set(members.map(\.key))
        if given.count < members.count { return "\(path): a property is there twice" }
        if let missing = rules["required"].map(names)?.first(where: { !given.contains($0) }) {
            return "\(path): \"\(missing)\" is missing"
        }
        var properties: [String: JSONValue] = [:]
        if case .object(let known)? = rules["properties"] {
            properties = Dictionary(known.map { ($0.key, $0.value) }, uniquingKeysWith: { $1 })
        }
        for member in members {
            if let schema = properties[member.key] {
                if let problem = problem(member.value, schema, "\(path).\(member.key)") { return problem }
            } else if case .bool(false)? = rules["additionalProperties"] {
                return "\(path): \"\(member.key)\" is not expected"
            }
        }
        return nil
    }

    private static func names(_ value: JSONValue) -> [String] {
        switch value {
        case .string(let name): [name]
        case .array(let values): values.flatMap(names)
        default: []
        }
    }

    private static func has(_ value: JSONValue, _ type: String) -> Bool {
        switch (value, type) {
        case (.object, "object"), (.array, "array"), (.string, "string"), (.number, "number"), (.bool, "boolean"),
            (.null, "null"):
            true
        case (.number(let number), "integer"): number == number.rounded()
        default: false
        }
    }

    /// What the bounds of a value's type are about.
    private static func measure(of value: JSONValue) -> (size: Double, words: [(String, Bool)])? {
        switch value {
        case .number(let number): (number, [("minimum", true), ("maximum", false)])
        case .string(let text): (Double(text.unicodeScalars.count), [("minLength", true), ("maxLength", false)])
        case .array(let values): (Double(values.count), [("minItems", true), ("maxItems", false)])
        default: nil
        }
    }

    private static func equal(_ a: JSONValue, _ b: JSONValue) -> Bool {
        switch (a, b) {
        case (.null, .null): true
        case (.bool(let a), .bool(let b)): a == b
        case (.number(let a), .number(let b)): a == b
        case (.string(let a), .string(let b)): a == b
        case (.array(let a), .array(let b)): a.count == b.count && zip(a, b).allSatisfy(equal)
        case (.object(let a), .object(let b)):
            a.count == b.count
                && a.allSatisfy { member in b.contains { $0.key == member.key && equal($0.value, member.value) } }
        default: false
        }
    }
}
