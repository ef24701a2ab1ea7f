// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage

/// A JSON value with the path to it, so that every complaint can say where.
struct JSONNode {
    let value: JSONValue
    let path: String

    /// The error for a value that is not supported here.
    func unsupported(_ expected: String) -> InputError {
        InputError(at: path, "\(value.kind) is not supported", expected: expected)
    }

    /// The member of an object; absent members are null.
    subscript(key: String) -> JSONNode {
        get throws {
            guard case .object(let members) = value else { throw unsupported("an object with \"\(key)\"") }
            // The last of equal keys counts, as in Python.
            return JSONNode(value: members.last { $0.key == key }?.value ?? .null, path: "\(path).\(key)")
        }
    }

    var isNull: Bool {
        if case .null = value { true } else { false }
    }

    var string: String {
        get throws {
            guard case .string(let text) = value else { throw unsupported("a string") }
            return text
        }
    }

    /// A Boolean, or `fallback` where the file says nothing.
    func bool(default fallback: Bool) throws -> Bool {
        if isNull { return fallback }
        guard case .bool(let flag) = value else { throw unsupported("true or false") }
        return flag
    }

    /// A token id; bounded so that a hostile file cannot make the vocabulary allocate gigabytes.
    var id: Int32 {
        get throws {
            guard case .number(let number) = value, number >= 0, number < Double(MergeTable.idLimit),
                number == number.rounded()
            else { throw unsupported("a token id from 0 to \(MergeTable.idLimit - 1)") }
            return Int32(number)
        }
    }

    var elements: [JSONNode] {
        get throws {
            guard case .array(let values) = value else { throw unsupported("an array") }
            return values.enumerated().map { JSONNode(value: $1, path: "\(path)[\($0)]") }
        }
    }

    var members: [(key: String, value: JSONNode)] {
        get throws {
            guard case .object(let members) = value else { throw unsupported("an object") }
            return members.map { ($0.key, JSONNode(value: $0.value, path: "\(path).\($0.key)")) }
        }
    }
}
