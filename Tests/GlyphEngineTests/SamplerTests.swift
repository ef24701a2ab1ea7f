// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Foundation
import GlyphPage
import Testing

@testable import GlyphEngine

@Suite struct SamplerTests {
    private func tokens(_ parameters: SamplingParameters, _ logits: [Float], count: Int) throws -> [Int32] {
        var sampler = Sampler(parameters, prompt: [])
        return try (0..<count).map { _ in
            var row = logits
            return try sampler.next(&row).token
        }
    }

    private func frequencies(_ parameters: SamplingParameters, _ logits: [Float], draws: Int = 10_000) throws
        -> [Double]
    {
        var counts = [Double](repeating: 0, count: logits.count)
        for token in try tokens(parameters, logits, count: draws) { counts[Int(token)] += 1 / Double(draws) }
        return counts
    }

    @Test("temperature 0 takes the largest logit, and the lowest id among equals, at every length")
    func greedy() throws {
        for count in [1, 2, 15, 16, 17, 33, 100] {
            for best in 0..<count {
                var logits = (0..<count).map { Float($0 % 7) - 9 }
                logits[best] = 3
                if best + 1 < count { logits[count - 1] = 3 }
                var sampler = Sampler(SamplingParameters(temperature: 0), prompt: [])
                #expect(try sampler.next(&logits).token == Int32(best))
            }
        }
    }

    @Test("the lowest temperatures take the largest logit, as 0 does")
    func almostGreedy() throws {
        for temperature in [1e-310, Double.leastNonzeroMagnitude] {
            let parameters = SamplingParameters(temperature: temperature)
            #expect(try tokens(parameters, [0, 3, 2.5, 1], count: 3) == [1, 1, 1])
        }
    }

    @Test("draws follow the softmax at the temperature")
    func softmax() throws {
        let logits: [Float] = [1, 0, -1, 2]
        for temperature in [0.5, 1, 2] {
            let weights = logits.map { exp(Double($0) / temperature) }
            let found = try frequencies(SamplingParameters(temperature: temperature), logits)
            for (index, weight) in weights.enumerated() {
                #expect(abs(found[index] - weight / weights.reduce(0, +)) < 0.02)
            }
        }
    }

    @Test("top-k draws among exactly k tokens, in their proportions")
    func topK() throws {
        let found = try frequencies(SamplingParameters(topK: 2), [0, 1, 1, -1, 1])
        #expect(found[0] == 0 && found[3] == 0 && found[4] == 0)  // the lower ids win a tie
        #expect(abs(found[1] - 0.5) < 0.02)
        #expect(try Set(tokens(SamplingParameters(topK: 1), [0, 5, 1], count: 50)) == [1])
    }

    @Test("top-p draws among the smallest set that holds the mass")
    func topP() throws {
        let probabilities = [0.05, 0.5, 0.15, 0.3]
        let logits = probabilities.map { Float(log($0)) }
        let found = try frequencies(SamplingParameters(topP: 0.75), logits)
        #expect(found[0] == 0 && found[2] == 0)
        #expect(abs(found[1] - 0.5 / 0.8) < 0.02)
        #expect(try Set(tokens(SamplingParameters(topP: 0.0001), logits, count: 50)) == [1])
    }

    @Test("top-p without sorting everything equals top-p by definition", arguments: [0.1, 0.5, 0.9, 0.99])
    func topPShortcut(_ topP: Double) throws {
        var random = SplitMix64(state: 5)
        let logits = (0..<100).map { _ in Float.random(in: -8...3, using: &random) }
        let weights = logits.map { exp(Double($0)) }
        let order = logits.indices.sorted { logits[$0] > logits[$1] }
        var nucleus: Set<Int32> = []
        var sum = 0.0
        for index in order where sum < topP * weights.reduce(0, +) {
            sum += weights[index]
            nucleus.insert(Int32(index))
        }
        let drawn = try Set(tokens(SamplingParameters(topP: topP), logits, count: 2000))
        #expect(drawn.isSubset(of: nucleus))
        #expect(drawn.count * 3 > nucleus.count)
    }

    @Test("equal seeds give equal tokens and different seeds different ones")
    func seeds() throws {
        let logits = [Float](repeating: 0, count: 1000)
        let first = try tokens(SamplingParameters(seed: 7), logits, count: 50)
        #expect(try tokens(SamplingParameters(seed: 7), logits, count: 50) == first)
        #expect(try tokens(SamplingParameters(seed: 8), logits, count: 50) != first)
    }

    @Test("a repetition penalty lowers what the prompt and the answer hold already")
    func repetition() throws {
        var sampler = Sampler(SamplingParameters(temperature: 0, repetitionPenalty: 2), prompt: [0])
        var row: [Float] = [3, 2, 1.8, -1]
        #expect(try sampler.next(&row).token == 1)  // 3 / 2 < 2
        row = [3, 2, 1.8, -1]
        #expect(try sampler.next(&row).token == 2)  // 2 / 2 < 1.8
        row = [-1, -1.5, -1.8, -1.9]
        #expect(try sampler.next(&row).token == 3)  // negative logits are multiplied
    }

    @Test("log-probabilities are the model's own, best first, and hold the chosen token wherever it ranks")
    func logprobs() throws {
        var sampler = Sampler(SamplingParameters(temperature: 0, repetitionPenalty: 100, topLogprobs: 2), prompt: [1])
        let probabilities = [0.2, 0.7, 0.1]
        var row = probabilities.map { Float(log($0)) + 3 }
        let choice = try sampler.next(&row)
        let logprobs = try #require(choice.logprobs)
        #expect(choice.token == 0)
        #expect(abs(logprobs.chosen.logprob - Float(log(0.2))) < 1e-5)
        #expect(logprobs.alternatives.map(\.token) == [1, 0])
        #expect(abs(logprobs.alternatives[0].logprob - Float(log(0.7))) < 1e-5)
    }

    @Test("the largest few equal the front of a full sort", arguments: [1, 5, 40, 256, 257, 1000])
    func largest(_ limit: Int) {
        var random = SplitMix64(state: 9)
        let logits = (0..<900).map { _ in Float(Int.random(in: 0..<60, using: &random)) }
        let sorted = logits.indices.sorted { logits[$0] > logits[$1] || (logits[$0] == logits[$1] && $0 < $1) }
        #expect(logits.largest(limit) == sorted.prefix(limit).map(Int32.init))
    }

    @Test("logits that are not numbers are an error, not a token")
    func broken() throws {
        for logits in [[Float.nan, .nan], [-.infinity, -.infinity], [.infinity, 0]] {
            for temperature in [0, 1.0] {
                var sampler = Sampler(SamplingParameters(temperature: temperature), prompt: [])
                var row = logits
                #expect(throws: Sampler.BrokenLogits.self) { try sampler.next(&row) }
            }
        }
        var sampler = Sampler(SamplingParameters(temperature: 1), prompt: [])
        var row: [Float] = [1, .nan, 0]
        #expect(throws: Sampler.BrokenLogits.self) { try sampler.next(&row) }
    }

    @Test(
        "parameters outside their ranges are refused by name",
        arguments: [
            (SamplingParameters(temperature: -1), "temperature"), (SamplingParameters(topP: 0), "top_p"),
            (SamplingParameters(topP: 1.1), "top_p"), (SamplingParameters(topK: 0), "top_k"),
            (SamplingParameters(repetitionPenalty: 0), "repetition_penalty"),
            (SamplingParameters(repetitionPenalty: 1e-300), "repetition_penalty"),
            (SamplingParameters(repetitionPenalty: 101), "repetition_penalty"),
            (SamplingParameters(topLogprobs: 21), "top_logprobs"),
            (SamplingParameters(temperature: .nan), "temperature"),
        ]
    )
    func ranges(_ parameters: SamplingParameters, _ field: String) {
        let error = #expect(throws: InputError.self) { try parameters.validate() }
        #expect(error?.location == field)
    }
}
