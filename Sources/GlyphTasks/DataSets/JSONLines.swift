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
    /// What a person can do where the file cannot be opened.
    let remedy: String

    /// A line that is not blank.
    struct Line {
        let bytes: Data
        /// From 1.
        let number: Int
        /// The offset in the file after the line and its end.
        let end: UInt64
        /// Whether a line end follows.
        let isWhole: Bool
    }

    /// Hands each line's object to `body` until that returns false; blank lines are passed over.
    ///
    /// - Throws: `InputError` if the file cannot be read or a line is no JSON object, and what `body` throws.
    func forEach(_ body: (JSONRow) throws -> Bool) throws {
        try forEachLine { line in try body(row(line)) }
    }

    /// The object on a line.
    func row(_ line: Line) throws -> JSONRow {
        try JSONRow(Array(line.bytes), source: "\(path): line \(line.number)")
    }

    /// Hands each line to `body` until that returns false; a byte order mark before the first is passed over.
    func forEachLine(_ body: (Line) throws -> Bool) throws {
        guard let file = FileHandle(forReadingAtPath: path) else {
            throw InputError(at: path, "the file cannot be opened", remedy: remedy)
        }
        defer { try? file.close() }
        var pending = Data()
        var number = 0
        var offset: UInt64 = 0
        // Where the search for a line end goes on: a line may be longer than many chunks.
        var searched = 0
        var isFirst = true
        while let chunk = try nextChunk(of: file), !chunk.isEmpty {
            let mark = isFirst ? try DataFile.markLength(of: chunk.prefix(3), at: path) : 0
            isFirst = false
            pending.append(chunk.dropFirst(mark))
            offset += UInt64(mark)
            var start = 0
            while let end = pending[max(start, searched)...].firstIndex(of: 0x0A) {
                let bytes = pending[start..<end]
                number += 1
                offset += UInt64(end + 1 - start)
                start = end + 1
                let line = Line(bytes: bytes, number: number, end: offset, isWhole: true)
                if !bytes.isBlank, try !body(line) { return }
            }
            pending = Data(pending[start...])
            searched = pending.count
        }
        guard !pending.isBlank else { return }
        let end = offset + UInt64(pending.count)
        _ = try body(Line(bytes: pending, number: number + 1, end: end, isWhole: false))
    }

    private func nextChunk(of file: FileHandle) throws -> Data? {
        do {
            return try file.read(upToCount: 1 << 20)
        } catch {
            // Foundation's own errors name neither file nor reason; a folder can be opened and not be read.
            var isFolder: ObjCBool = false
            let isThere = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
            throw InputError(
                at: path,
                isThere && isFolder.boolValue ? "it is a folder" : "the file cannot be read",
                expected: "a file with a JSON object on each line"
            )
        }
    }
}

extension Data {
    fileprivate var isBlank: Bool { allSatisfy { $0 == 0x20 || $0 == 0x0D || $0 == 0x09 } }
}

/// A JSON object with typed access; what is missing or of another kind is an error that names the key.
struct JSONRow {
    let source: String
    private let members: [JSONValue.Member]

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
        guard let value = member(key) else { return nil }
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
        let found = member(key).map { "\"\(key)\" is \($0.kind)" } ?? "\"\(key)\" is missing"
        return InputError(at: source, found, expected: expected)
    }

    /// The last of equal keys counts, as in Python.
    private func member(_ key: String) -> JSONValue? { members.last { $0.key == key }?.value }
}
