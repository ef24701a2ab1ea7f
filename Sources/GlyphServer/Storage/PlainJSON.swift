// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphHTTP
import GlyphPage

/// JSON that was kept, as part of a response.
struct PlainJSON: Encodable {
    private var value: JSONValue

    /// - Parameters:
    ///   - bytes: The JSON text.
    ///   - source: What is being read, for the message.
    ///   - member: The member of the object that is meant; nil for all of it.
    /// - Throws: `InputError` for what is no JSON.
    init(_ bytes: [UInt8], from source: String, member: String? = nil) throws {
        value = try JSONParser.parse(bytes, source: source)
        guard let member else { return }
        var fields = try JSONFields(value, path: source)
        value = fields.value(member) ?? .null
    }

    private init(_ value: JSONValue) { self.value = value }

    func encode(to encoder: any Encoder) throws {
        switch value {
        case .object(let members):
            var fields = encoder.container(keyedBy: AnyCodingKey.self)
            // The last of equal keys counts, as everywhere.
            for member in members {
                try fields.encode(PlainJSON(member.value), forKey: AnyCodingKey(stringValue: member.key))
            }
        case .array(let values):
            var list = encoder.unkeyedContainer()
            for value in values { try list.encode(PlainJSON(value)) }
        case .bool(let flag): try Self.encode(flag, to: encoder)
        case .number(let number): try Self.encode(number, to: encoder)
        case .string(let text): try Self.encode(text, to: encoder)
        case .null:
            var single = encoder.singleValueContainer()
            try single.encodeNil()
        }
    }

    private static func encode(_ value: some Encodable, to encoder: any Encoder) throws {
        var single = encoder.singleValueContainer()
        try single.encode(value)
    }
}
