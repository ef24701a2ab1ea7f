// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

/// A strict JSON parser over bytes, for configurations and tokenizer files.
///
/// Errors say where the parser stopped; nesting is bounded, and half surrogate pairs are refused.
package struct JSONParser {
    private let bytes: UnsafeBufferPointer<UInt8>
    private let source: String
    private var index = 0
    /// Deep nesting is refused before it can exhaust the stack.
    private static let deepest = 64

    /// Parses one value that fills `bytes`, which came from `source`.
    package static func parse(_ bytes: [UInt8], source: String) throws -> JSONValue {
        try bytes.withUnsafeBufferPointer { buffer in
            var parser = JSONParser(bytes: buffer, source: source)
            // RFC 8259, section 8.1: a mark of byte order may be ignored; editors on Windows write it.
            if buffer.starts(with: [0xEF, 0xBB, 0xBF]) { parser.index = 3 }
            let value = try parser.value(depth: 0)
            parser.skipSpace()
            guard parser.index == buffer.count else { throw parser.error("there is more after the JSON value") }
            return value
        }
    }

    private init(bytes: UnsafeBufferPointer<UInt8>, source: String) {
        self.bytes = bytes
        self.source = source
    }

    private func error(_ problem: String, expected: String = "valid JSON") -> InputError {
        InputError(at: "\(source): byte \(index)", problem, expected: expected)
    }

    private mutating func skipSpace() {
        while index < bytes.count, [0x20, 0x0A, 0x0D, 0x09].contains(bytes[index]) { index += 1 }
    }

    private mutating func take(_ byte: Character) throws {
        guard index < bytes.count, bytes[index] == byte.asciiValue else { throw error("'\(byte)' is missing") }
        index += 1
    }

    private mutating func takeIf(_ byte: UInt8) -> Bool {
        skipSpace()
        guard index < bytes.count, bytes[index] == byte else { return false }
        index += 1
        return true
    }

    private mutating func value(depth: Int) throws -> JSONValue {
        guard depth < Self.deepest else { throw error("values are nested deeper than \(Self.deepest)") }
        skipSpace()
        guard index < bytes.count else { throw error("the text ends where a value should be") }
        switch bytes[index] {
        case UInt8(ascii: "{"): return .object(try members(depth: depth))
        case UInt8(ascii: "["): return .array(try elements(depth: depth))
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        default: return .number(try number())
        }
    }

    private mutating func word(_ word: String, _ value: JSONValue) throws -> JSONValue {
        guard bytes[index...].starts(with: word.utf8) else { throw error("this is no JSON value") }
        index += word.utf8.count
        return value
    }

    private mutating func members(depth: Int) throws -> [JSONValue.Member] {
        var members: [JSONValue.Member] = []
        // More than a configuration has: members are moved slowly.
        if depth == 0 { members.reserveCapacity(32) }
        index += 1
        if takeIf(UInt8(ascii: "}")) { return members }
        repeat {
            skipSpace()
            guard index < bytes.count, bytes[index] == UInt8(ascii: "\"") else { throw error("a key is missing") }
            let key = try string()
            skipSpace()
            try take(":")
            members.append(JSONValue.Member(key, try value(depth: depth + 1)))
        } while takeIf(UInt8(ascii: ","))
        try take("}")
        return members
    }

    private mutating func elements(depth: Int) throws -> [JSONValue] {
        var elements: [JSONValue] = []
        index += 1
        if takeIf(UInt8(ascii: "]")) { return elements }
        repeat { elements.append(try value(depth: depth + 1)) } while takeIf(UInt8(ascii: ","))
        try take("]")
        return elements
    }

    /// A number as RFC 8259 (section 6) spells it: no plus, no zero in front, digits on both sides of a point.
    private mutating func number() throws -> Double {
        let start = index
        if bytes[index] == UInt8(ascii: "-") { index += 1 }
        let first = index
        guard takeDigits(), bytes[first] != UInt8(ascii: "0") || index == first + 1 else { throw noValue(at: start) }
        if index < bytes.count, bytes[index] == UInt8(ascii: ".") {
            index += 1
            guard takeDigits() else { throw noValue(at: start) }
        }
        if index < bytes.count, bytes[index] | 0x20 == UInt8(ascii: "e") {
            index += 1
            if index < bytes.count, [UInt8(ascii: "+"), UInt8(ascii: "-")].contains(bytes[index]) { index += 1 }
            guard takeDigits() else { throw noValue(at: start) }
        }
        let text = String(decoding: bytes[start..<index], as: UTF8.self)
        guard let value = Double(text), value.isFinite else { throw error("the number is too large") }
        return value
    }

    private mutating func noValue(at start: Int) -> InputError {
        index = start
        guard "+-.0123456789".utf8.contains(bytes[start]) else { return error("this is no JSON value") }
        return error(
            "this is no JSON number",
            expected: "digits on both sides of a point, no plus and no zero in front"
        )
    }

    /// Whether a digit stood here; goes behind all of them.
    private mutating func takeDigits() -> Bool {
        let start = index
        while index < bytes.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[index]) { index += 1 }
        return index > start
    }

    private mutating func string() throws -> String {
        index += 1
        let start = index
        while index < bytes.count, bytes[index] != UInt8(ascii: "\""), bytes[index] != UInt8(ascii: "\\") {
            guard bytes[index] >= 0x20 else { throw error("a string holds a bare control character") }
            index += 1
        }
        if index < bytes.count, bytes[index] == UInt8(ascii: "\"") {
            defer { index += 1 }
            return try text(start..<index)
        }
        return try escapedString(from: start)
    }

    private func text(_ range: Range<Int>) throws -> String {
        guard let text = try? UTF8Span(validating: bytes.extracting(range).span) else {
            throw error("a string is not UTF-8")
        }
        return String(copying: text)
    }

    private mutating func escapedString(from start: Int) throws -> String {
        var result = ""
        var plain = start
        while index < bytes.count, bytes[index] != UInt8(ascii: "\"") {
            guard bytes[index] >= 0x20 else { throw error("a string holds a bare control character") }
            guard bytes[index] == UInt8(ascii: "\\") else {
                index += 1
                continue
            }
            result += try text(plain..<index)
            index += 1
            result.unicodeScalars.append(try escape())
            plain = index
        }
        result += try text(plain..<index)
        try take("\"")
        return result
    }

    private mutating func escape() throws -> Unicode.Scalar {
        guard index < bytes.count else { throw error("the text ends inside an escape") }
        defer { index += 1 }
        switch bytes[index] {
        case UInt8(ascii: "\""): return "\""
        case UInt8(ascii: "\\"): return "\\"
        case UInt8(ascii: "/"): return "/"
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"):
            var unit = try fourHexDigits()
            if unit & 0xFC00 == 0xD800, bytes[min(index + 1, bytes.count)...].starts(with: "\\u".utf8) {
                index += 2
                let low = try fourHexDigits()
                guard low & 0xFC00 == 0xDC00 else { throw error("an escape is half a surrogate pair") }
                unit = 0x10000 + (unit & 0x3FF) << 10 + (low & 0x3FF)
            }
            guard let scalar = Unicode.Scalar(unit) else { throw error("an escape is half a surrogate pair") }
            return scalar
        default: throw error("there is no such escape")
        }
    }

    /// Reads the digits after the byte at `index` and stops on the last of them.
    private mutating func fourHexDigits() throws -> UInt32 {
        guard index + 4 < bytes.count,
            bytes[index + 1...index + 4].allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
            let value = UInt32(String(decoding: bytes[index + 1...index + 4], as: UTF8.self), radix: 16)
        else { throw error("\\u needs four hexadecimal digits") }
        index += 4
        return value
    }
}
