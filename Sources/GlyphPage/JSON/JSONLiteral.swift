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
