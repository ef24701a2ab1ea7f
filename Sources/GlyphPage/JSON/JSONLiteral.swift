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
    ///
    /// A loop, because the first `joined(separator:)` in a process takes as long as a tenth of a page.
    package var jsonArray: String {
        var array = "["
        for element in self {
            if array.utf8.count > 1 { array += ", " }
            array += element
        }
        return array + "]"
    }
}
