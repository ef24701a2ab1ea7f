// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

/// An object of a configuration file, read field by field until nothing is left over.
///
/// Fields that are read or declared as known are taken; `finish()` refuses the rest, because a field that nobody looks
/// at may be one that was meant to matter. Every error names the file and the path of the field.
package struct JSONFields {
    /// The file and the path of the object in it, as messages say it.
    package let path: String
    private let members: [String: JSONValue]
    private var taken: Set<String> = []

    package init(_ value: JSONValue, path: String) throws {
        guard case .object(let members) = value else {
            let whole = path.hasSuffix(": ") ? String(path.dropLast(2)) : path
            throw InputError(at: whole, "\(value.kind) is not supported", expected: "an object")
        }
        self.path = path
        // The last of equal keys counts, as in Python.
        self.members = Dictionary(members.map { ($0.key, $0.value) }, uniquingKeysWith: { $1 })
    }

    /// Reads a whole file.
    package init(file bytes: [UInt8], source: String) throws {
        try self.init(JSONParser.parse(bytes, source: source), path: "\(source): ")
    }

    /// The path of a field, as messages say it.
    package func location(_ key: String) -> String {
        path.hasSuffix(": ") ? path + key : "\(path).\(key)"
    }

    /// Whether the object has the field with a value other than null.
    package func has(_ key: String) -> Bool {
        switch members[key] {
        case nil, .null?: false
        default: true
        }
    }

    /// Takes fields that are known to change nothing here.
    package mutating func ignore(_ keys: [String]) {
        taken.formUnion(keys)
    }

    /// The field's value, or nil where it is absent or null.
    package mutating func value(_ key: String) -> JSONValue? {
        taken.insert(key)
        return has(key) ? members[key] : nil
    }

    /// A field that must be there.
    package mutating func required(_ key: String, _ expected: String) throws -> JSONValue {
        guard let value = value(key) else {
            throw InputError(at: location(key), "the field is missing", expected: expected)
        }
        return value
    }

    /// The object of a field, or nil where it is absent.
    package mutating func object(_ key: String) throws -> JSONFields? {
        try value(key).map { try JSONFields($0, path: location(key)) }
    }

    /// A whole number within bounds; without `fallback` the field must be there.
    package mutating func int(_ key: String, in range: ClosedRange<Int>, default fallback: Int? = nil) throws -> Int {
        if let fallback, !has(key) {
            taken.insert(key)
            return fallback
        }
        let expected = "a whole number from \(range.lowerBound) to \(range.upperBound)"
        return try Self.int(required(key, expected), in: range, at: location(key), expected: expected)
    }

    /// A whole number, or a list of whole numbers, as a list; null and absent are the empty list.
    package mutating func ints(_ key: String, in range: ClosedRange<Int>) throws -> [Int] {
        guard let value = value(key) else { return [] }
        let location = location(key)
        let expected = "whole numbers from \(range.lowerBound) to \(range.upperBound)"
        guard case .array(let values) = value else {
            return [try Self.int(value, in: range, at: location, expected: expected)]
        }
        return try values.enumerated().map {
            try Self.int($1, in: range, at: "\(location)[\($0)]", expected: expected)
        }
    }

    private static func int(
        _ value: JSONValue,
        in range: ClosedRange<Int>,
        at location: String,
        expected: String
    ) throws -> Int {
        guard case .number(let number) = value, number == number.rounded(), abs(number) <= 1e15,
            range.contains(Int(number))
        else { throw InputError(at: location, "\(value.kind) is not supported", expected: expected) }
        return Int(number)
    }

    /// A number above 0; without `fallback` the field must be there.
    package mutating func positive(_ key: String, default fallback: Double? = nil) throws -> Double {
        if let fallback, !has(key) {
            taken.insert(key)
            return fallback
        }
        let value = try required(key, "a number above 0")
        guard case .number(let number) = value, number > 0 else {
            throw InputError(at: location(key), "\(value.kind) is not supported", expected: "a number above 0")
        }
        return number
    }

    /// A number from 0, or nil where the field is absent.
    package mutating func optionalNumber(_ key: String) throws -> Double? {
        guard let value = value(key) else { return nil }
        guard case .number(let number) = value, number >= 0 else {
            throw InputError(at: location(key), "\(value.kind) is not supported", expected: "a number from 0")
        }
        return number
    }

    /// A whole number within bounds, or nil where the field is absent.
    package mutating func optionalInt(_ key: String, in range: ClosedRange<Int>) throws -> Int? {
        guard let value = value(key) else { return nil }
        let expected = "a whole number from \(range.lowerBound) to \(range.upperBound)"
        return try Self.int(value, in: range, at: location(key), expected: expected)
    }

    /// A list of numbers with `count` elements.
    package mutating func numbers(_ key: String, count: Int) throws -> [Double] {
        let expected = "a list of \(count) numbers"
        let value = try required(key, expected)
        guard case .array(let values) = value, values.count == count else {
            throw InputError(at: location(key), "\(value.kind) is not supported", expected: expected)
        }
        return try values.map {
            guard case .number(let number) = $0 else {
                throw InputError(at: location(key), "\($0.kind) is not supported", expected: expected)
            }
            return number
        }
    }

    package mutating func bool(_ key: String, default fallback: Bool) throws -> Bool {
        guard let value = value(key) else { return fallback }
        guard case .bool(let flag) = value else {
            throw InputError(at: location(key), "\(value.kind) is not supported", expected: "true or false")
        }
        return flag
    }

    /// A field that, where it is given, must be one of `values`; returns the first where it is absent.
    @discardableResult
    package mutating func word(_ key: String, oneOf values: [String]) throws -> String {
        guard let value = value(key) else { return values[0] }
        guard case .string(let word) = value, values.contains(word) else {
            throw InputError(
                at: location(key),
                "\(value.kind) is not supported",
                expected: values.map { "\"\($0)\"" }.joined(separator: " or ")
            )
        }
        return word
    }

    /// Refuses fields that nobody read.
    ///
    /// - Parameters:
    ///   - whole: What the fields belong to, for the message.
    ///   - remedy: What a person can do about it.
    /// - Throws: `InputError` with the names of the fields.
    package func finish(_ whole: String, remedy: String) throws {
        let left = members.keys.filter { !taken.contains($0) }.sorted()
        guard let first = left.first else { return }
        throw InputError(
            at: location(first),
            left.count == 1
                ? "the field is unknown" : "\(left.count) fields are unknown: \(left.joined(separator: ", "))",
            expected: "fields of \(whole)",
            remedy: remedy
        )
    }
}
