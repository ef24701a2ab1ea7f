// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphTensor
import Testing

/// Attention in bf16 against the same inputs in f32.
///
/// It has forms of its own where the processor has matrix tiles or the library has kernels. All compute scores and
/// exponentials in f32, and round the weights and the result.
@Suite struct NarrowAttentionTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var heads = 4
        var kvHeads = 2
        var queries: Int
        var keys: Int
        var width = 64
        /// How far apart scores are: with 8, few keys carry nearly all the weight, and maxima change from block to block.
        var spread = 1.0
        var testDescription: String { "\(heads)/\(kvHeads) heads, \(queries) × \(keys), width \(width), ×\(spread)" }
    }

    /// Sizes of whole tiles of 32 and others, and more keys than one block of 256.
    static let cases = [
        Case(queries: 5, keys: 5), Case(queries: 32, keys: 256), Case(queries: 33, keys: 257, spread: 8),
        Case(heads: 6, queries: 63, keys: 700, width: 72), Case(kvHeads: 4, queries: 300, keys: 300, width: 80),
        Case(queries: 97, keys: 1030, width: 96, spread: 8),
        Case(heads: 8, kvHeads: 1, queries: 40, keys: 520, width: 128),
        Case(queries: 100, keys: 333, width: 101, spread: 3), Case(queries: 31, keys: 95, width: 7),
    ]

    static func tensors(_ c: Case) throws -> [Tensor] {
        let generator = try TensorGenerator(seed: 7)
        return try [
            (generator.normal([2, c.heads, c.queries, c.width]) * c.spread).to(.bf16),
            generator.normal([2, c.kvHeads, c.keys, c.width]).to(.bf16),
            generator.normal([2, c.kvHeads, c.keys, c.width]).to(.bf16),
        ]
    }

    static func attention(_ inputs: [Tensor], _ mask: AttentionMask) throws -> Tensor {
        try Tensor.attention(query: inputs[0], key: inputs[1], value: inputs[2], mask: mask)
    }

    /// Rounding weights changes a result, which is a mean of values, by no more than 2⁻⁹ of the largest value, and
    /// rounding the result by no more than that again.
    static func expectNear(
        _ inputs: [Tensor],
        _ mask: AttentionMask,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let largest: Double = try inputs[2].to(.f32).abs().max().item()
        let expected = try attention(inputs.map { try $0.to(.f32) }, mask)
        let found = try attention(inputs, mask)
        #expect(found.dtype == .bf16)
        try expectClose(found.to(.f32), expected, within: largest / 256, sourceLocation: sourceLocation)
    }

    @Test("Attention in bf16 is that of f32 but for the rounding of weights and result", arguments: cases)
    func matchesWide(_ c: Case) throws {
        let inputs = try Self.tensors(c)
        try Self.expectNear(inputs, .none)
        try Self.expectNear(inputs, .causal(queryOffset: c.keys - c.queries))
        try Self.expectNear(inputs, .causal(queryOffset: 0))
        // As projections leave them in memory: [batch, seq, heads, width].
        let strided = try inputs.map { try $0.transpose(1, 2).contiguous().transpose(1, 2) }
        let causal = AttentionMask.causal(queryOffset: c.keys - c.queries)
        #expect(try Self.attention(strided, causal).bytes() == Self.attention(inputs, causal).bytes())
    }

    @Test(
        "Queries in bf16 see their own segment only",
        arguments: [[0, 300], [0, 1, 300], [0, 40, 40, 55, 290, 300]]
    )
    func segments(_ ends: [Int]) throws {
        let inputs = try Self.tensors(Case(queries: 300, keys: 300, width: 80, spread: 3))
        try Self.expectNear(inputs, .segments(Tensor(ends)))
    }

    @Test("A key far below the others gets no weight, and no number at all stays none")
    func extremes() throws {
        var (keys, values) = ([Float](repeating: -8, count: 300 * 64), [Float](repeating: 0, count: 300 * 64))
        for i in 0..<64 { (keys[299 * 64 + i], values[299 * 64 + i]) = (8, 1) }
        let q = try (Tensor.ones([1, 1, 40, 64]) * 8).to(.bf16)
        let k = try Tensor(keys, [1, 1, 300, 64]).to(.bf16)
        let v = try Tensor(values, [1, 1, 300, 64]).to(.bf16)
        #expect(try Self.attention([q, k, v], .none).to(.f32).min().item() as Double == 1)
        let unknown = try (k * Double.nan).to(.bf16)
        let sum: Double = try Self.attention([q, unknown, v], .none).to(.f32).sum().item()
        #expect(sum.isNaN)
        // Nor may one key that is not a number take the others' places.
        keys[3 * 64] = .nan
        for type in [DType.f32, .bf16] {
            let broken = try Tensor(keys, [1, 1, 300, 64]).to(type)
            for queries in [1, 40] {
                let few = try q.narrow(2, start: 0, length: queries).to(type)
                let result: Double = try Self.attention([few, broken, v.to(type)], .none).to(.f32).sum().item()
                #expect(result.isNaN, "\(type), \(queries) queries")
            }
        }
    }

    @Test("A result in bf16 does not depend on the number of threads")
    func threads() throws {
        let before = Runtime.threadCount
        defer { try? Runtime.setThreadCount(before) }
        let inputs = try Self.tensors(Case(queries: 300, keys: 700, width: 80))
        let results = try [1, 2, 3].map { count in
            try Runtime.setThreadCount(count)
            return try Self.attention(inputs, .causal(queryOffset: 400)).bytes()
        }
        #expect(results[0] == results[1] && results[0] == results[2])
    }

    @Test("Attention in bf16 that is recorded gives the same result, and the gradients of f32")
    func gradients() throws {
        let inputs = try Self.tensors(Case(queries: 200, keys: 300, width: 80))
        let mask = AttentionMask.causal(queryOffset: 100)
        let direction = try TensorGenerator(seed: 5).normal(inputs[0].shape)
        let gradients = try [DType.bf16, .f32].map { type in
            let leaves = try inputs.map { try $0.to(type).clone().requiringGrad() }
            let result = try Self.attention(leaves, mask)
            if type == .bf16 { #expect(try result.bytes() == Self.attention(inputs, mask).bytes()) }
            return try (result.to(.f32) * direction).sum().gradients(of: leaves)
        }
        for (narrow, wide) in zip(gradients[0], gradients[1]) {
            let (narrow, wide) = try (#require(narrow), #require(wide))
            let largest: Double = try wide.abs().max().item()
            try expectClose(narrow.to(.f32), wide, within: largest / 64)
        }
    }
}
