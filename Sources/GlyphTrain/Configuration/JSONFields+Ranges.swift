// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage

extension JSONFields {
    /// A share of 1; `fallback` where the field is absent.
    mutating func share(_ key: String, default fallback: Double = 0) throws -> Double {
        try number(key, in: 0...1, default: fallback, expected: "a share from 0 to 1")
    }

    /// A number within bounds; `fallback` where the field is absent.
    mutating func number(
        _ key: String,
        in range: ClosedRange<Double>,
        default fallback: Double,
        expected: String? = nil
    ) throws -> Double {
        guard let value = value(key) else { return fallback }
        guard case .number(let number) = value, range.contains(number) else {
            throw InputError(
                at: location(key),
                "\(value.kind) is not supported",
                expected: expected ?? "a number from \(range.lowerBound) to \(range.upperBound)"
            )
        }
        return number
    }

    /// A list of objects with at least one element.
    mutating func objects(_ key: String) throws -> [JSONFields] {
        let expected = "a list of objects"
        let value = try required(key, expected)
        guard case .array(let values) = value, !values.isEmpty else {
            throw InputError(at: location(key), "\(value.kind) is not supported", expected: expected)
        }
        return try values.enumerated().map { try JSONFields($1, path: "\(location(key))[\($0)]") }
    }
}
