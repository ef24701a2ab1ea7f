// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphTensor
import Testing

@Suite struct AttentionTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var heads = 4
        var kvHeads = 2
        var queries: Int
        var keys: Int
        var width = 64
        var testDescription: String { "\(heads)/\(kvHeads) heads, \(queries) × \(keys), width \(width)" }
    }

    /// From one query to several blocks of queries and keys, and sizes that no tile divides.
    static let cases = [
        Case(queries: 1, keys: 1), Case(queries: 1, keys: 600), Case(queries: 3, keys: 1100, width: 40),
        Case(queries: 5, keys: 5, width: 7), Case(kvHeads: 4, queries: 97, keys: 97),
        Case(heads: 6, queries: 300, keys: 300, width: 80), Case(heads: 16, kvHeads: 1, queries: 130, keys: 700),
    ]

    /// The definition, with the whole score matrix.
    static func naive(_ q: Tensor, _ k: Tensor, _ v: Tensor, hidden: Tensor?) throws -> Tensor {
        let groups = q.size(1) / k.size(1)
        let keys = try k.repeatInterleave(groups, dim: 1)
        let values = try v.repeatInterleave(groups, dim: 1)
        var scores = try q.matmul(keys.transpose(2, 3)) / Double(q.size(3)).squareRoot()
        if let hidden { scores = try scores.maskedFill(hidden, -.infinity) }
        return try scores.softmax().matmul(values)
    }

    static func hidden(queries: Int, keys: Int, offset: Int) throws -> Tensor {
        try Tensor.arange(keys).unsqueeze(0).greater(Tensor.arange(queries).unsqueeze(1) + Double(offset))
    }

    static func tensors(_ c: Case, seed: UInt64 = 1) throws -> (q: Tensor, k: Tensor, v: Tensor) {
        let generator = try TensorGenerator(seed: seed)
        return (
            try generator.normal([2, c.heads, c.queries, c.width]),
            try generator.normal([2, c.kvHeads, c.keys, c.width]),
            try generator.normal([2, c.kvHeads, c.keys, c.width])
        )
    }

    @Test("Blocked attention gives what the definition gives", arguments: cases)
    func matchesNaive(_ c: Case) throws {
        let (q, k, v) = try Self.tensors(c)
        try expectClose(
            Tensor.attention(query: q, key: k, value: v),
            Self.naive(q, k, v, hidden: nil),
            within: productError
        )
        let offset = c.keys - c.queries
        let hidden = try Self.hidden(queries: c.queries, keys: c.keys, offset: offset)
        let expected = try Self.naive(q, k, v, hidden: hidden)
        let causal = AttentionMask.causal(queryOffset: offset)
        try expectClose(Tensor.attention(query: q, key: k, value: v, mask: causal), expected, within: productError)
        // As projections leave them in memory: [batch, seq, heads, width].
        let strided = try [q, k, v].map { try $0.transpose(1, 2).contiguous().transpose(1, 2) }
        let result = try Tensor.attention(query: strided[0], key: strided[1], value: strided[2], mask: causal)
        try expectClose(result, expected, within: productError)
        // Rounded once at the end; inputs are rounded before.
        let narrow = try [q, k, v].map { try $0.to(.bf16) }
        let wide = try narrow.map { try $0.to(.f32) }
        let rounded = try Tensor.attention(query: narrow[0], key: narrow[1], value: narrow[2], mask: causal)
        #expect(rounded.dtype == .bf16)
        try expectClose(rounded.to(.f32), Self.naive(wide[0], wide[1], wide[2], hidden: hidden), within: 2e-2)
    }

    @Test("Queries see their own segment only", arguments: [[0, 97], [0, 1, 97], [0, 40, 40, 55, 97]])
    func segments(_ ends: [Int]) throws {
        let (q, k, v) = try Self.tensors(Case(kvHeads: 4, queries: 97, keys: 97))
        let segment = try Tensor((0..<97).map { row in ends.dropFirst().firstIndex { row < $0 } ?? 0 })
        let hidden = try segment.unsqueeze(0).notEqual(segment.unsqueeze(1))
        let result = try Tensor.attention(query: q, key: k, value: v, mask: .segments(Tensor(ends)))
        try expectClose(result, Self.naive(q, k, v, hidden: hidden), within: productError)
    }

    @Test(
        "The library's operation sees segments as the own kernels do, of one length or of several",
        arguments: [[0, 32, 64, 96], [0, 96], [0, 32, 32, 96], [0, 10, 96]]
    )
    func segmentsByLibrary(_ ends: [Int]) throws {
        let parts = try Self.tensors(Case(queries: 96, keys: 96))
        let wide = try [parts.q, parts.k, parts.v].map { try $0.to(.f64) }  // no kernel takes f64
        let mask = AttentionMask.segments(try Tensor(ends))
        let result = try Tensor.attention(query: wide[0], key: wide[1], value: wide[2], mask: mask)
        let expected = try Tensor.attention(query: parts.q, key: parts.k, value: parts.v, mask: mask)
        #expect(result.dtype == .f64)
        try expectClose(result.to(.f32), expected, within: productError)
    }

    @Test("Segments that do not end at the length of the queries are refused")
    func badSegments() throws {
        let (q, k, v) = try Self.tensors(Case(queries: 9, keys: 9))
        for ends in [[0, 8], [1, 9], [0, 5, 3, 9], [0]] {
            #expect(throws: TensorError.self) {
                try Tensor.attention(query: q, key: k, value: v, mask: .segments(Tensor(ends)))
            }
        }
    }

    @Test("Chunks of queries over a growing cache give what one pass gives", arguments: [1, 3, 50])
    func chunked(_ chunk: Int) throws {
        let (q, k, v) = try Self.tensors(Case(queries: 120, keys: 120))
        let whole = try Tensor.attention(query: q, key: k, value: v, mask: .causal(queryOffset: 0))
        var parts: [Tensor] = []
        for start in stride(from: 0, to: 120, by: chunk) {
            let end = min(start + chunk, 120)
            let part = try Tensor.attention(
                query: q.slice(2, start..<end),
                key: k.slice(2, 0..<end),
                value: v.slice(2, 0..<end),
                mask: .causal(queryOffset: start)
            )
            parts.append(part)
        }
        try expectClose(Tensor.cat(parts, dim: 2), whole, within: Runtime.splitsF32 ? productError : 2e-6)
    }

    @Test("The result does not depend on the number of threads")
    func threads() throws {
        let before = Runtime.threadCount
        defer { try? Runtime.setThreadCount(before) }
        for c in [Case(queries: 1, keys: 1500), Case(queries: 300, keys: 300)] {
            let (q, k, v) = try Self.tensors(c)
            var results: [[UInt8]] = []
            for count in [1, 2, 3] {
                try Runtime.setThreadCount(count)
                results.append(try Tensor.attention(query: q, key: k, value: v).bytes())
            }
            #expect(results[0] == results[1] && results[0] == results[2])
        }
    }

    @Test("Gradients of every form agree with finite differences")
    func gradients() throws {
        let (q, k, v) = try Self.tensors(Case(queries: 6, keys: 9, width: 8))
        try expectGradients([q, k, v], within: 2e-2) {
            try Tensor.attention(query: $0[0], key: $0[1], value: $0[2], mask: .causal(queryOffset: 3))
        }
        let (a, b, c) = try Self.tensors(Case(queries: 9, keys: 9, width: 8))
        try expectGradients([a, b, c], within: 2e-2) {
            try Tensor.attention(query: $0[0], key: $0[1], value: $0[2], mask: .segments(Tensor([0, 4, 9])))
        }
    }

    @Test("Gradients over several blocks agree with those of the definition")
    func blockedGradients() throws {
        let (q, k, v) = try Self.tensors(Case(queries: 200, keys: 200, width: 16))
        let direction = try TensorGenerator(seed: 5).normal(q.shape)
        let hidden = try Self.hidden(queries: 200, keys: 200, offset: 0)
        let forms: [([Tensor]) throws -> Tensor] = [
            { try Tensor.attention(query: $0[0], key: $0[1], value: $0[2], mask: .causal(queryOffset: 0)) },
            { try Self.naive($0[0], $0[1], $0[2], hidden: hidden) },
        ]
        let gradients = try forms.map { form in
            let leaves = try [q, k, v].map { try $0.clone().requiringGrad() }
            return try (form(leaves) * direction).sum().gradients(of: leaves)
        }
        for (a, b) in zip(gradients[0], gradients[1]) {
            try expectClose(#require(a), #require(b), within: 1e-4)
        }
    }
}
