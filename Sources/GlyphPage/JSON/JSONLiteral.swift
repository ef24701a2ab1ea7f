// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

extension String {
    /// The text as a JSON string literal, quotes included.
    public var jsonLiteral: String {
        var literal = "\""
        for scalar in unicodeScalars {
            switch scalar {
            case "\"", "\\": literal += "\\\(scalar)"
            case ..<" ": literal += "\\u00" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16)
            default: literal.unicodeScalars.append(scalar)
            }
        }
        return literal + "\""
    }
}

extension [String] {
    /// Values that are JSON already as a JSON array.
    package var jsonArray: String { "[\(concatenated(by: ", "))]" }

    /// What `joined(separator:)` gives, without its first use in a process (docs/architecture.md).
    package func concatenated(by separator: String) -> String {
        var text = ""
        for (index, element) in enumerated() { text += index == 0 ? element : separator + element }
        return text
    }
}

extension [(key: String, json: String)] {
    /// Names and values that are JSON already as a JSON object.
    package var jsonObject: String { "{\(map { "\($0.key.jsonLiteral): \($0.json)" }.concatenated(by: ", "))}" }
}

extension JSONValue {
    /// The value as JSON text.
    package var literal: String {
        switch self {
        case .null: "null"
        case .bool(let flag): "\(flag)"
        case .number(let number): "\(number)"
        case .string(let text): text.jsonLiteral
        case .array(let values): "[" + values.map(\.literal).joined(separator: ",") + "]"
        case .object(let members):
            "{" + members.map { "\($0.key.jsonLiteral):\($0.value.literal)" }.joined(separator: ",") + "}"
        }
    }
}
