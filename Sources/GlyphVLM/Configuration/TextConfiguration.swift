// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage

/// The shape of the decoder: `text_config` of `config.json`, or the same fields at its top.
///
/// | key | meaning | default |
/// |---|---|---|
/// | `vocab_size` | rows of the embedding and the head | required |
/// | `hidden_size` | width of a token | required |
/// | `intermediate_size` | inner width of the feed-forward layer | required |
/// | `num_hidden_layers` | number of blocks | required |
/// | `num_attention_heads` | query heads | required |
/// | `num_key_value_heads` | key and value heads | as many as query heads |
/// | `head_dim` | width of a head, GLM-OCR only | `hidden_size` / heads |
/// | `num_nextn_predict_layers` | layers behind the last that guess further tokens, GLM-OCR only; not used | 0 |
/// | `max_position_embeddings` | the longest context, in tokens | required |
/// | `rms_norm_eps` | | 1e-5 |
/// | `rope_theta` | base of the rotary frequencies (also in `rope_parameters`, `rope_scaling`) | required |
/// | `partial_rotary_factor` | share of each head that rotates (likewise) | 1 |
/// | `mrope_section` | frequencies that follow time, height and width (likewise) | required |
package struct TextConfiguration: Sendable, Equatable {
    package let family: ModelFamily
    package var vocabularySize: Int
    package var hiddenSize: Int
    package var intermediateSize: Int
    package var layerCount: Int
    package var headCount: Int
    package var keyValueHeadCount: Int
    /// The width of a head where it does not follow from that of a token.
    package var ownHeadSize: Int?
    /// Layers of the checkpoint that guess tokens after the next; they are not loaded and not saved.
    package var predictionLayerCount = 0
    package var contextLength: Int
    package var normEpsilon: Double
    package var ropeBase: Double
    package var rotaryShare: Double
    /// How many frequencies follow the temporal, vertical and horizontal position, in this order.
    package var ropeSections: [Int]

    /// The width of an attention head.
    package var headSize: Int { ownHeadSize ?? hiddenSize / headCount }

    /// Whether queries, keys and values have a bias.
    var hasAttentionBias: Bool { family == .glm4V }

    /// The leading values of each head that rotate; they do so in neighbouring pairs.
    package var rotarySize: Int { Int(Double(headSize) * rotaryShare) }

    init(_ fields: inout JSONFields, _ family: ModelFamily, isNested: Bool) throws {
        self.family = family
        let width = 1...1 << 20
        if isNested { try fields.word("model_type", oneOf: ["\(family.rawValue)_text"]) }
        try fields.word("hidden_act", oneOf: ["silu"])
        vocabularySize = try fields.int("vocab_size", in: width)
        hiddenSize = try fields.int("hidden_size", in: width)
        intermediateSize = try fields.int("intermediate_size", in: width)
        layerCount = try fields.int("num_hidden_layers", in: 1...1_000)
        headCount = try fields.int("num_attention_heads", in: width)
        keyValueHeadCount = try fields.int("num_key_value_heads", in: width, default: headCount)
        if family == .glmOCR {
            ownHeadSize = fields.has("head_dim") ? try fields.int("head_dim", in: width) : nil
            predictionLayerCount = try fields.int("num_nextn_predict_layers", in: 0...1_000, default: 0)
        }
        contextLength = try fields.int("max_position_embeddings", in: 1...1 << 24)
        normEpsilon = try fields.positive("rms_norm_eps", default: 1e-5)
        let hasBias = family == .glm4V
        guard try fields.bool("attention_bias", default: hasBias) == hasBias else {
            throw InputError(
                at: fields.location("attention_bias"),
                "\(!hasBias) is not supported",
                expected: "\(hasBias), as every \(family.rawValue)"
            )
        }
        let rope = try RopeFields(&fields)
        ropeBase = rope.base
        rotaryShare = rope.share
        ropeSections = rope.sections
        fields.ignore(Self.withoutEffect)
        try check(fields)
    }

    private func check(_ fields: JSONFields) throws {
        guard ownHeadSize != nil || hiddenSize.isMultiple(of: headCount) else {
            throw InputError(
                at: fields.location("num_attention_heads"),
                "\(headCount) heads do not divide a width of \(hiddenSize)",
                expected: "a divisor of hidden_size"
            )
        }
        guard headCount.isMultiple(of: keyValueHeadCount) else {
            throw InputError(
                at: fields.location("num_key_value_heads"),
                "\(keyValueHeadCount) does not divide \(headCount) query heads",
                expected: "a divisor of num_attention_heads"
            )
        }
        guard rotarySize >= 2, rotarySize <= headSize, ropeSections.reduce(0, +) == (rotarySize + 1) / 2,
            rotarySize.isMultiple(of: 2)
        else {
            throw InputError(
                at: fields.location("mrope_section"),
                "the sections \(ropeSections) do not fill \(rotarySize) rotating values of a head of \(headSize)",
                expected: "three numbers whose sum is half of the rotating values, an even number"
            )
        }
    }

    /// Fields that training, generation defaults (read elsewhere) or other programs need.
    static let withoutEffect = [
        "attention_dropout", "initializer_range", "use_cache", "dtype", "torch_dtype", "pad_token_id", "bos_token_id",
        "eos_token_id", "tie_word_embeddings", "_name_or_path", "architectures", "transformers_version",
    ]
}

/// Rotary settings, which moved from the configuration itself into an object in it over the years.
private struct RopeFields {
    var base: Double
    var share: Double
    var sections: [Int]

    init(_ fields: inout JSONFields) throws {
        let nestedKey = ["rope_parameters", "rope_scaling"].first { fields.has($0) }
        var base = fields.has("rope_theta") ? try fields.positive("rope_theta") : nil
        var share = fields.has("partial_rotary_factor") ? try Self.share(&fields) : nil
        var sections: [Int] = []
        if let nestedKey, var rope = try fields.object(nestedKey) {
            try rope.word("rope_type", oneOf: ["default"])
            try rope.word("type", oneOf: ["default"])
            // What the object says has precedence, as in the reference.
            if rope.has("rope_theta") { base = try rope.positive("rope_theta") }
            if rope.has("partial_rotary_factor") { share = try Self.share(&rope) }
            sections = try rope.ints("mrope_section", in: 0...1 << 16)
            try rope.finishCheckpoint()
        }
        fields.ignore(["rope_parameters", "rope_scaling", "rope_theta", "partial_rotary_factor"])
        guard let base else {
            throw InputError(at: fields.location("rope_theta"), "the field is missing", expected: "a number above 0")
        }
        guard sections.count == 3 else {
            throw InputError(
                at: fields.location("\(nestedKey ?? "rope_parameters").mrope_section"),
                sections.isEmpty ? "the field is missing" : "there are \(sections.count) sections",
                expected: "a list of 3 whole numbers"
            )
        }
        self.base = base
        self.share = share ?? 1
        self.sections = sections
    }

    private static func share(_ fields: inout JSONFields) throws -> Double {
        let name = "partial_rotary_factor"
        let share = try fields.positive(name)
        guard share <= 1 else {
            throw InputError(at: fields.location(name), "\(share) is not supported", expected: "a share of at most 1")
        }
        return share
    }
}
