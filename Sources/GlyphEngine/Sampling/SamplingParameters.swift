// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage

/// How the next token is chosen from a model's logits.
///
/// The order is that of `transformers` and vLLM: repetition penalty, temperature, top-k, top-p, draw.
package struct SamplingParameters: Sendable, Equatable {
    /// Divides the logits; 0 chooses the most probable token every time.
    package var temperature: Double
    /// Draw among the most probable tokens whose probabilities add up to this, in (0, 1].
    package var topP: Double
    /// Draw among this many tokens; nil among all.
    package var topK: Int?
    /// Above 1 makes tokens less likely that stand in the prompt or the answer already (CTRL, 2019, section 4.1).
    package var repetitionPenalty: Double
    /// Equal seeds, prompts and parameters give equal tokens.
    ///
    /// There is no hidden randomness, so the seed is 0 where none was given.
    package var seed: UInt64
    /// How many alternatives to report with each token's log-probability; nil reports none of either.
    package var topLogprobs: Int?

    package init(
        temperature: Double = 1,
        topP: Double = 1,
        topK: Int? = nil,
        repetitionPenalty: Double = 1,
        seed: UInt64 = 0,
        topLogprobs: Int? = nil
    ) {
        self.temperature = temperature
        self.topP = topP
        self.topK = topK
        self.repetitionPenalty = repetitionPenalty
        self.seed = seed
        self.topLogprobs = topLogprobs
    }

    /// The most alternatives that can be asked for, as in OpenAI's API.
    package static let maximumTopLogprobs = 20

    /// - Throws: `InputError` whose location is the request field at fault.
    package func validate() throws {
        guard temperature >= 0, temperature <= 100 else {
            throw InputError(at: "temperature", "\(temperature)", expected: "a number from 0 to 100")
        }
        guard topP > 0, topP <= 1 else {
            throw InputError(at: "top_p", "\(topP)", expected: "a number above 0 and at most 1")
        }
        if let topK, topK < 1 {
            throw InputError(at: "top_k", "\(topK)", expected: "1 or more; leave it out to draw among all tokens")
        }
        guard repetitionPenalty >= 0.01, repetitionPenalty <= 100 else {
            throw InputError(
                at: "repetition_penalty",
                "\(repetitionPenalty)",
                expected: "a number from 0.01 to 100, 1 for none"
            )
        }
        if let topLogprobs, !(0...Self.maximumTopLogprobs).contains(topLogprobs) {
            throw InputError(at: "top_logprobs", "\(topLogprobs)", expected: "0 to \(Self.maximumTopLogprobs)")
        }
    }
}
