// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import GlyphPage

/// JSON bytes from and to wire types.
public enum WireJSON {
    /// Encodes with sorted keys, so that equal values give equal bytes and a shared prefix stays a shared prefix.
    public static func encode(_ value: some Encodable) throws -> [UInt8] {
        let encoder = JSONEncoder()
        // Base64 is full of slashes; escaping them would lengthen every page for nothing.
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(value))
    }

    /// Decodes a value.
    ///
    /// - Parameters:
    ///   - type: The type to decode.
    ///   - bytes: The JSON text, in UTF-8.
    ///   - location: What is being read, for the message: a URL or a file.
    /// - Returns: The decoded value.
    /// - Throws: `InputError` that names the JSON path of the fault, such as `choices[0].delta.content`.
    public static func decode<Value: Decodable>(
        _ type: Value.Type,
        from bytes: [UInt8],
        at location: String
    ) throws -> Value {
        if JSONNesting.isTooDeep(bytes) {
            throw InputError(at: location, "JSON nested more than \(JSONNesting.limit) deep")
        }
        do {
            return try JSONDecoder().decode(type, from: Data(bytes))
        } catch let error as DecodingError {
            if isNumberFault(error, bytes) {
                throw InputError(at: location, "a number is not whole or too large", expected: "a whole number")
            }
            throw InputError(error, at: location)
        }
    }

    /// Whether valid JSON was refused for a number: Foundation calls that corrupt data, and does not say where it is.
    private static func isNumberFault(_ error: DecodingError, _ bytes: [UInt8]) -> Bool {
        guard case .dataCorrupted(let found) = error, found.codingPath.isEmpty,
            !found.debugDescription.hasPrefix("Cannot initialize ")
        else { return false }
        return (try? JSONParser.parse(bytes, source: "")) != nil
    }
}

extension InputError {
    init(_ error: DecodingError, at location: String) {
        let context: DecodingError.Context
        let problem: String
        var expected: String?
        switch error {
        case .keyNotFound(let key, let found):
            context = found
            problem = "the key \"\(key.stringValue)\" is missing"
        case .valueNotFound(let type, let found):
            context = found
            problem = "null"
            expected = Self.words(for: type, at: found.codingPath.last)
        case .typeMismatch(let type, let found):
            context = found
            problem = "a value of the wrong type"
            expected = Self.words(for: type, at: found.codingPath.last)
        case .dataCorrupted(let found):
            context = found
            if let word = Self.unknownWord(found.debugDescription) {
                problem = "\"\(word.prefix(40))\" is unknown"
                expected = Self.accepted[found.codingPath.last?.stringValue ?? ""]
            } else {
                problem = found.codingPath.isEmpty ? "not valid JSON" : found.debugDescription
            }
        @unknown default:
            self.init(at: location, "\(error)")
            return
        }
        let path = Self.jsonPath(context.codingPath)
        self.init(at: path.isEmpty ? location : "\(location): \(path)", problem, expected: expected)
    }

    /// What some fields take: the decoder knows only of the list where a text is as good, and of no words.
    private static let accepted = [
        "content": "a text or a list of parts",
        "role": "system, developer, user, assistant or tool",
        "stop": "a text or a list of texts",
    ]

    /// A type in words that JSON has; nil for one that it has no word for.
    private static func words(for type: Any.Type, at key: (any CodingKey)?) -> String? {
        switch type {
        case is String.Type: return "a text"
        case is Bool.Type: return "true or false"
        case is any FixedWidthInteger.Type: return "a whole number"
        case is any BinaryFloatingPoint.Type: return "a number"
        case is [Any].Type: return accepted[key?.stringValue ?? ""] ?? "a list"
        case is [String: Any].Type: return "an object"
        default: return nil
        }
    }

    /// The word that is none of an enumeration's; the standard library tells it only in a sentence with Swift's names.
    private static func unknownWord(_ description: String) -> Substring? {
        guard description.hasPrefix("Cannot initialize "),
            let range = description.firstRange(of: " from invalid String value ")
        else { return nil }
        return description[range.upperBound...]
    }

    private static func jsonPath(_ keys: [any CodingKey]) -> String {
        keys.reduce(into: "") { path, key in
            if let index = key.intValue {
                path += "[\(index)]"
            } else {
                path += path.isEmpty ? key.stringValue : ".\(key.stringValue)"
            }
        }
    }
}
