// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

/// The answer to `GET /v1/models`.
public struct ModelList: Codable, Sendable, Equatable {
    public var data: [Model]

    public init(data: [Model]) {
        self.data = data
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        data = try container.decode([Model].self, forKey: .data)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode("list", forKey: .object)
        try container.encode(data, forKey: .data)
    }

    private enum CodingKeys: String, CodingKey { case object, data }

    /// A model that the server can run.
    public struct Model: Codable, Sendable, Equatable {
        /// The name to put into a request.
        public var id: String
        /// The most tokens of prompt and answer together; vLLM and SGLang say it, most others do not.
        public var maxModelLength: Int?

        public init(id: String, maxModelLength: Int? = nil) {
            self.id = id
            self.maxModelLength = maxModelLength
        }

        public init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            id = try container.decode(String.self, forKey: .id)
            maxModelLength = try container.decodeIfPresent(Int.self, forKey: .maxModelLength)?.asTokenCount
        }

        public func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(id, forKey: .id)
            try container.encodeIfPresent(maxModelLength, forKey: .maxModelLength)
            // Clients written for OpenAI look these up; a model in a folder has no better values.
            try container.encode("model", forKey: .object)
            try container.encode(0, forKey: .created)
            try container.encode("glyph", forKey: .ownedBy)
        }

        private enum CodingKeys: String, CodingKey {
            case id, object, created
            case maxModelLength = "max_model_len"
            case ownedBy = "owned_by"
        }
    }
}
