// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A parsed JSON value, so that a reader can check types itself and name the key at fault.
enum JSONValue: Decodable, Equatable {
    case null
    case bool(Bool)
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object([String: JSONValue])

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(Bool.self) {
            self = .bool(value)
        } else if let value = try? container.decode(Double.self) {
            self = .number(value)
        } else if let value = try? container.decode(String.self) {
            self = .string(value)
        } else if let value = try? container.decode([JSONValue].self) {
            self = .array(value)
        } else {
            self = .object(try container.decode([String: JSONValue].self))
        }
    }

    /// Parses any JSON value.
    ///
    /// - Throws: `DecodingError` when the bytes are not JSON or nested too deep.
    static func parse(_ bytes: [UInt8]) throws -> JSONValue {
        if JSONNesting.isTooDeep(bytes) {
            let problem = "lists and objects are nested more than \(JSONNesting.limit) deep"
            throw DecodingError.dataCorrupted(.init(codingPath: [], debugDescription: problem))
        }
        return try JSONDecoder().decode(JSONValue.self, from: Data(bytes))
    }

    /// Parses a JSON object.
    ///
    /// - Throws: `InputError` naming `location` when the bytes are not a JSON object.
    static func object(from bytes: [UInt8], at location: String) throws -> [String: JSONValue] {
        let value: JSONValue
        do {
            value = try parse(bytes)
        } catch let error as DecodingError {
            throw InputError(at: location, "is not valid JSON: \(error.detail)", expected: "a JSON object")
        } catch {
            throw InputError(at: location, "is not valid JSON: \(error)", expected: "a JSON object")
        }
        guard case .object(let object) = value else {
            throw InputError(at: location, "holds \(value.kind)", expected: "a JSON object")
        }
        return object
    }

    /// The type's name for messages.
    var kind: String {
        switch self {
        case .null: "null"
        case .bool(let value): "\(value)"
        case .number(let value):
            "the number \(value == value.rounded() && abs(value) < 1e15 ? "\(Int(value))" : "\(value)")"
        case .string(let value): "\"\(value.count > 80 ? value.prefix(80) + "…" : value[...])\""
        case .array: "a list"
        case .object: "an object"
        }
    }
}

extension DecodingError {
    fileprivate var detail: String {
        switch self {
        case .dataCorrupted(let context), .typeMismatch(_, let context), .valueNotFound(_, let context),
            .keyNotFound(_, let context):
            let cause = context.underlyingError.map { " (\($0))" } ?? ""
            return context.debugDescription + cause
        @unknown default: return "\(self)"
        }
    }
}
