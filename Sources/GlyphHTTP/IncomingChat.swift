// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

package import GlyphAPI
import GlyphPage

/// A chat request as it arrived, with what is in it beyond `ChatRequest`.
///
/// A field that this server does not know is refused, as OpenAI does: a client that asks for tools or another output
/// format must not get an answer that ignores it. Fields without effect on the answer, and unsupported ones that ask for
/// nothing, pass.
package struct IncomingChat: Decodable {
    package var request: ChatRequest
    /// Whether there is a `glyph` object, which only a server that draws pages understands.
    package var hasGlyphOptions: Bool

    package init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: AnyCodingKey.self)
        hasGlyphOptions = fields.allKeys.contains { $0.stringValue == Self.glyphOptions }
        for key in fields.allKeys where !Self.known.contains(key.stringValue) && key.stringValue != Self.glyphOptions {
            let value = try? fields.decode(Scalar.self, forKey: key)
            guard Self.isHarmless(key.stringValue, value) else {
                throw InputError(
                    at: "\(ServerFault.bodyLocation): \(key.stringValue.prefix(80))",
                    "this server does not support the field",
                    remedy: "Leave it out"
                )
            }
        }
        do {
            request = try ChatRequest(from: decoder)
        } catch {
            if let fault = Self.numberFault(fields) { throw fault }
            throw error
        }
    }

    /// The fault of a field that wants a whole number and has another; Foundation does not say which field it is.
    private static func numberFault(_ fields: KeyedDecodingContainer<AnyCodingKey>) -> InputError? {
        let key = wholeNumbers.map { AnyCodingKey(stringValue: $0.rawValue) }.first { key in
            (try? fields.decode(Double.self, forKey: key)) != nil && (try? fields.decode(Int.self, forKey: key)) == nil
        }
        return key.map { key in
            InputError(
                at: "\(ServerFault.bodyLocation): \(key.stringValue)",
                "the number is not whole or too large",
                expected: "a whole number"
            )
        }
    }

    private static let wholeNumbers: [ChatRequest.CodingKeys] = [
        .maxTokens, .maxCompletionTokens, .topK, .topLogprobs, .seed,
    ]

    package static let glyphOptions = "glyph"
    private static let known = Set(ChatRequest.CodingKeys.allCases.map(\.rawValue))

    /// Whether leaving a field out would give the same answer.
    private static func isHarmless(_ name: String, _ value: Scalar?) -> Bool {
        switch (name, value) {
        case ("user", _), ("metadata", _), ("store", _), ("service_tier", _), ("parallel_tool_calls", _),
            ("safety_identifier", _), ("prompt_cache_key", _), ("skip_special_tokens", .flag(true)),
            ("stream_options", _), (_, .null), (_, .empty):
            true
        case ("n", .number(1)), ("best_of", .number(1)), ("frequency_penalty", .number(0)),
            ("presence_penalty", .number(0)), ("min_p", .number(0)), ("echo", .flag(false)),
            ("tool_choice", .text("none")), ("response_format", .format("text")), ("use_beam_search", .flag(false)):
            true
        default:
            false
        }
    }

    /// As much of a value as the check needs.
    private enum Scalar: Decodable {
        case null, empty, other
        case number(Double)
        case flag(Bool)
        case text(String)
        /// An object with nothing but a `type`.
        case format(String)

        init(from decoder: any Decoder) throws {
            let single = try decoder.singleValueContainer()
            if single.decodeNil() {
                self = .null
            } else if let flag = try? single.decode(Bool.self) {
                self = .flag(flag)
            } else if let number = try? single.decode(Double.self) {
                self = .number(number)
            } else if let text = try? single.decode(String.self) {
                self = .text(text)
            } else if let list = try? decoder.unkeyedContainer() {
                self = list.isAtEnd ? .empty : .other
            } else if let object = try? decoder.container(keyedBy: AnyCodingKey.self) {
                let type = AnyCodingKey(stringValue: "type")
                if object.allKeys.isEmpty {
                    self = .empty
                } else if object.allKeys.count == 1, let format = try? object.decode(String.self, forKey: type) {
                    self = .format(format)
                } else {
                    self = .other
                }
            } else {
                self = .other
            }
        }
    }
}
