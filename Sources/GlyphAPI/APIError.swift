// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

/// What a server says when it cannot answer.
///
/// OpenAI's shape is `{"error": {"message", "type", "param", "code"}}`. Reading also accepts what other servers send:
/// `{"error": "text"}` (Ollama, `transformers serve`), the bare object (older vLLM) and FastAPI's `{"detail": …}`.
public struct APIError: Codable, Sendable, Equatable {
    public var message: String
    public var type: String?
    /// The request field at fault.
    public var param: String?
    /// A short machine-readable word, or a number written as text.
    public var code: String?

    public init(message: String, type: String? = nil, param: String? = nil, code: String? = nil) {
        self.message = message
        self.type = type
        self.param = param
        self.code = code
    }

    public init(from decoder: any Decoder) throws {
        let envelope = try decoder.container(keyedBy: EnvelopeKeys.self)
        if let text = try? envelope.decode(String.self, forKey: .error) {
            self.init(message: text)
        } else if let text = try? envelope.decode(String.self, forKey: .detail) {
            self.init(message: text)
        } else if let faults = try? envelope.decode([FieldFault].self, forKey: .detail) {
            self.init(message: faults.map(\.description).joined(separator: "; "))
        } else if envelope.contains(.error) {
            self = try Self(fields: envelope.nestedContainer(keyedBy: FieldKeys.self, forKey: .error))
        } else {
            self = try Self(fields: decoder.container(keyedBy: FieldKeys.self))
        }
    }

    private init(fields: KeyedDecodingContainer<FieldKeys>) throws {
        message = try fields.decode(String.self, forKey: .message)
        type = try? fields.decodeIfPresent(String.self, forKey: .type)
        param = try? fields.decodeIfPresent(String.self, forKey: .param)
        if let number = try? fields.decode(Int.self, forKey: .code) {
            code = String(number)
        } else {
            code = try? fields.decodeIfPresent(String.self, forKey: .code)
        }
    }

    /// The error that a JSON object reports, or nil if it is no error.
    ///
    /// Errors inside a stream come with status 200. A body that begins like an error but is not valid JSON counts too:
    /// `transformers serve` 5.23 does not escape the message that it puts into `{"error": "…"}`.
    public init?(ifReportedIn bytes: [UInt8]) {
        if let probe = try? WireJSON.decode(Probe.self, from: bytes, at: "") {
            guard probe.isError else { return nil }
            self =
                (try? WireJSON.decode(Self.self, from: bytes, at: ""))
                ?? APIError(message: String(decoding: bytes.prefix(2000), as: UTF8.self))
        } else if let first = try? WireJSON.decode([Self].self, from: bytes, at: "").first {
            // Google's servers put it into a list.
            self = first
        } else {
            let text = String(decoding: bytes.prefix(2000), as: UTF8.self)
            guard text.filter({ !$0.isWhitespace }).hasPrefix("{\"error\":") else { return nil }
            self.init(message: text)
        }
    }

    /// Whether an object is an error: it has a non-null `error`, or calls itself one, as older vLLM does.
    private struct Probe: Decodable {
        var isError: Bool

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: Keys.self)
            let isMarked = (try? container.decodeIfPresent(String.self, forKey: .object)) == "error"
            let hasError = try container.contains(.error) && !container.decodeNil(forKey: .error)
            isError = isMarked || hasError
        }

        private enum Keys: String, CodingKey { case error, object }
    }

    public func encode(to encoder: any Encoder) throws {
        var envelope = encoder.container(keyedBy: EnvelopeKeys.self)
        var fields = envelope.nestedContainer(keyedBy: FieldKeys.self, forKey: .error)
        try fields.encode(message, forKey: .message)
        // OpenAI sends null for what does not apply, and clients written for it look the keys up.
        try fields.encode(type, forKey: .type)
        try fields.encode(param, forKey: .param)
        try fields.encode(code, forKey: .code)
    }

    private enum EnvelopeKeys: String, CodingKey { case error, detail }
    private enum FieldKeys: String, CodingKey { case message, type, param, code }

    /// One entry of FastAPI's `detail` array.
    private struct FieldFault: Decodable {
        var msg: String
        var loc: [Place]?

        var description: String {
            guard let loc else { return msg }
            return loc.map(\.name).joined(separator: ".") + ": " + msg
        }

        struct Place: Decodable {
            var name: String

            init(from decoder: any Decoder) throws {
                let container = try decoder.singleValueContainer()
                if let index = try? container.decode(Int.self) {
                    name = String(index)
                } else {
                    name = try container.decode(String.self)
                }
            }
        }
    }
}
