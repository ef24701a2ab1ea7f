// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Foundation
import GlyphPage

/// Reads files with one JSON object on each line, without holding more than a line of them.
///
/// Data sets have hundreds of megabytes, and a result file grows while it is read elsewhere.
struct JSONLines {
    /// The path, for messages.
    let path: String

    /// Hands each line's object to `body` until that returns false; empty lines are passed over.
    ///
    /// - Throws: `InputError` if the file cannot be read or a line is no JSON object, and what `body` throws.
    func forEach(_ body: (JSONRow) throws -> Bool) throws {
        try forEachLine { line, number, _ in
            try body(JSONRow(Array(line), source: "\(path): line \(number)"))
        }
    }

    /// Hands each line to `body`, with its number from 1 and whether a line end follows.
    func forEachLine(_ body: (_ line: Data, _ number: Int, _ isWhole: Bool) throws -> Bool) throws {
        guard let file = FileHandle(forReadingAtPath: path) else {
            throw InputError(
                at: path,
                "the file cannot be opened",
                remedy: "See docs/benchmarks.md for where data goes."
            )
        }
        defer { try? file.close() }
        var pending = Data()
        var number = 0
        while let chunk = try file.read(upToCount: 1 << 20), !chunk.isEmpty {
            pending.append(chunk)
            var start = pending.startIndex
            while let end = pending[start...].firstIndex(of: 0x0A) {
                number += 1
                let line = pending[start..<end]
                start = end + 1
                if !line.isBlank, try !body(line, number, true) { return }
            }
            pending = Data(pending[start...])
        }
        if !pending.isBlank { _ = try body(pending, number + 1, false) }
    }
}

extension Data {
    fileprivate var isBlank: Bool { allSatisfy { $0 == 0x20 || $0 == 0x0D || $0 == 0x09 } }
}

/// A JSON object with typed access; what is missing or of another kind is an error that names the key.
struct JSONRow {
    let source: String
    private let members: [(key: String, value: JSONValue)]

    init(_ bytes: [UInt8], source: String) throws {
        try self.init(JSONParser.parse(bytes, source: source), source: source)
    }

    init(_ value: JSONValue, source: String) throws {
        guard case .object(let members) = value else {
            throw InputError(at: source, "it is \(value.kind)", expected: "a JSON object")
        }
        self.members = members
        self.source = source
    }

    /// The value of a key, or nothing if it is missing or null.
    func value(_ key: String) -> JSONValue? {
        guard let value = members.first(where: { $0.key == key })?.value else { return nil }
        if case .null = value { return nil }
        return value
    }

    func string(_ key: String) throws -> String {
        guard case .string(let text)? = value(key) else { throw error(key, "a string") }
        return text
    }

    func number(_ key: String) throws -> Double {
        guard case .number(let number)? = value(key) else { throw error(key, "a number") }
        return number
    }

    func integer(_ key: String) throws -> Int {
        guard let value = Int(exactly: try number(key)) else { throw error(key, "a whole number") }
        return value
    }

    func strings(_ key: String) throws -> [String] {
        guard case .array(let values)? = value(key) else { throw error(key, "an array of strings") }
        return try values.map { value in
            guard case .string(let text) = value else { throw error(key, "an array of strings") }
            return text
        }
    }

    /// The objects of an array.
    func rows(_ key: String) throws -> [JSONRow] {
        guard case .array(let values)? = value(key) else { throw error(key, "an array of objects") }
        return try values.enumerated().map { index, value in
            try JSONRow(value, source: "\(source): \(key)[\(index)]")
        }
    }

    func error(_ key: String, _ expected: String) -> InputError {
        let found = members.first { $0.key == key }.map { "\"\(key)\" is \($0.value.kind)" } ?? "\"\(key)\" is missing"
        return InputError(at: source, found, expected: expected)
    }
}
