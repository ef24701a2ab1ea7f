// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage

/// How a checkpoint asks to be sampled from: `generation_config.json`.
///
/// The file holds many settings of other programs; those that are not listed here are left alone.
package struct GenerationDefaults: Sendable, Equatable {
    /// Ids that end an answer.
    package var stopTokens: [Int32]
    /// Whether to sample at all; without it the most likely token is taken.
    package var samples: Bool?
    package var temperature: Double?
    package var topP: Double?
    package var topK: Int?
    package var repetitionPenalty: Double?

    /// The settings of a checkpoint without the file.
    package init(_ model: ModelConfiguration) {
        stopTokens = model.endTokens
    }

    /// Reads the content of a `generation_config.json`; stop tokens that it does not name come from the model's file.
    package init(json: [UInt8], source: String = "generation_config.json", model: ModelConfiguration) throws {
        var fields = try JSONFields(file: json, source: source)
        let named = try fields.ints("eos_token_id", in: 0...Int(Int32.max)).map(Int32.init)
        stopTokens = named.isEmpty ? model.endTokens : named
        samples = fields.has("do_sample") ? try fields.bool("do_sample", default: false) : nil
        // The ranges of requests: defaults outside of them would fail requests that say nothing of them.
        temperature = try Self.number("temperature", in: 0...100, "a number from 0 to 100", of: &fields)
        let shares = Double.leastNonzeroMagnitude...1
        topP = try Self.number("top_p", in: shares, "a number above 0 and at most 1", of: &fields)
        topK = fields.has("top_k") ? try fields.int("top_k", in: 0...1 << 30) : nil
        let penalties = "a number from 0.01 to 100, 1 for none"
        repetitionPenalty = try Self.number("repetition_penalty", in: 0.01...100, penalties, of: &fields)
    }

    /// A number within bounds, or nil where the field is absent.
    private static func number(
        _ key: String,
        in range: ClosedRange<Double>,
        _ expected: String,
        of fields: inout JSONFields
    ) throws -> Double? {
        guard let value = fields.value(key) else { return nil }
        guard case .number(let number) = value, range.contains(number) else {
            throw InputError(at: fields.location(key), "\(value.kind) is not supported", expected: expected)
        }
        return number
    }
}
