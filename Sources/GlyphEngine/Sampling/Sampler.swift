// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Chooses one conversation's tokens from its logits; a pure state machine around a seeded generator.
package struct Sampler: Sendable {
    /// A token and, if asked for, how probable it was.
    package struct Choice: Sendable, Equatable {
        package var token: Int32
        package var logprobs: TokenLogprobs?

        package init(token: Int32, logprobs: TokenLogprobs? = nil) {
            self.token = token
            self.logprobs = logprobs
        }
    }

    /// Thrown for logits that are not numbers: whatever was drawn from them would be noise that looks like an answer.
    package struct BrokenLogits: Error, CustomStringConvertible {
        package var description: String { "the model's logits are not numbers" }
    }

    private let parameters: SamplingParameters
    private var generator: SplitMix64
    private var penalised: Set<Int32> = []

    /// - Parameters:
    ///   - parameters: How to choose.
    ///   - prompt: The tokens read so far, which a repetition penalty counts too.
    package init(_ parameters: SamplingParameters, prompt: [Int32]) {
        self.parameters = parameters
        generator = SplitMix64(state: parameters.seed)
        if parameters.repetitionPenalty != 1 { penalised = Set(prompt) }
    }

    /// Chooses the next token.
    ///
    /// - Parameter logits: `[vocabulary]`, changed by the repetition penalty.
    /// - Returns: The token. Log-probabilities are the model's own, before penalty and temperature.
    /// - Throws: `BrokenLogits`.
    package mutating func next(_ logits: inout [Float]) throws -> Choice {
        var reported: (normaliser: Float, top: [Int32], raw: [Float])?
        if let count = parameters.topLogprobs {
            let top = logits.largest(count)
            reported = (try logits.logSumExp(), top, top.map { logits[Int($0)] })
        }
        let unpenalised = reported == nil ? [] : logits
        applyPenalty(&logits)
        let token = parameters.temperature == 0 ? try logits.argmax() : try draw(logits)
        if parameters.repetitionPenalty != 1 { penalised.insert(token) }
        guard let reported else { return Choice(token: token) }
        let alternatives = zip(reported.top, reported.raw).map {
            TokenLogprobs.Entry(token: $0, logprob: $1 - reported.normaliser)
        }
        let chosen = TokenLogprobs.Entry(token: token, logprob: unpenalised[Int(token)] - reported.normaliser)
        return Choice(token: token, logprobs: TokenLogprobs(chosen: chosen, alternatives: alternatives))
    }

    private func applyPenalty(_ logits: inout [Float]) {
        guard parameters.repetitionPenalty != 1 else { return }
        let penalty = Float(parameters.repetitionPenalty)
        for token in penalised where logits.indices.contains(Int(token)) {
            let logit = logits[Int(token)]
            logits[Int(token)] = logit > 0 ? logit / penalty : logit * penalty
        }
    }

    private mutating func draw(_ logits: [Float]) throws -> Int32 {
        let best = try logits.maximum()
        // Not by its inverse, which is infinite for the lowest temperatures.
        func weight(_ logit: Float) -> Double { exp(Double(logit - best) / parameters.temperature) }
        var tokens: [Int32]
        var weights: [Double]
        if let topK = parameters.topK, topK < logits.count {
            tokens = logits.largest(topK)
            weights = tokens.map { weight(logits[Int($0)]) }
        } else {
            tokens = []
            weights = logits.map(weight)
        }
        var total = weights.reduce(0, +)
        guard total.isFinite else { throw BrokenLogits() }
        if parameters.topP < 1 {
            if tokens.isEmpty { (tokens, weights) = Self.sortedNucleusCandidates(weights, total, parameters.topP) }
            (weights, total) = Self.nucleus(weights, total, parameters.topP)
        }
        // 53 random bits, as many as a Double's fraction holds.
        var rest = Double(generator.next() >> 11) * 0x1p-53 * total
        var index = 0
        while index < weights.count - 1 {
            rest -= weights[index]
            if rest < 0 { break }
            index += 1
        }
        // Rounding may carry the draw past the last token that has any weight.
        while index > 0, weights[index] == 0 { index -= 1 }
        return tokens.isEmpty ? Int32(index) : tokens[index]
    }

    /// The tokens that can belong to the nucleus, most probable first.
    ///
    /// Those below `(1 - topP) × total / count` add up to less than `1 - topP`, so the nucleus is full without them;
    /// leaving them out spares sorting the whole vocabulary.
    private static func sortedNucleusCandidates(
        _ weights: [Double],
        _ total: Double,
        _ topP: Double
    ) -> ([Int32], [Double]) {
        let threshold = (1 - topP) * total / Double(weights.count)
        let candidates = weights.indices.filter { weights[$0] >= threshold }
        let sorted = candidates.sorted { weights[$0] > weights[$1] || (weights[$0] == weights[$1] && $0 < $1) }
        return (sorted.map(Int32.init), sorted.map { weights[$0] })
    }

    /// The shortest beginning of `weights` that holds `topP` of `total`, and its own total.
    private static func nucleus(_ weights: [Double], _ total: Double, _ topP: Double) -> ([Double], Double) {
        var sum = 0.0
        for (index, weight) in weights.enumerated() {
            sum += weight
            if sum >= topP * total { return (Array(weights[...index]), sum) }
        }
        return (weights, sum)
    }
}

/// How probable a chosen token was, and what else the model had considered.
package struct TokenLogprobs: Sendable, Equatable {
    /// A token with the natural logarithm of its probability.
    package struct Entry: Sendable, Equatable {
        package var token: Int32
        package var logprob: Float

        package init(token: Int32, logprob: Float) {
            self.token = token
            self.logprob = logprob
        }
    }

    package var chosen: Entry
    /// The most probable tokens, best first; the chosen one need not be among them.
    package var alternatives: [Entry]

    package init(chosen: Entry, alternatives: [Entry]) {
        self.chosen = chosen
        self.alternatives = alternatives
    }
}
