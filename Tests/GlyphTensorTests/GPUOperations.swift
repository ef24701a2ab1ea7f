// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphTensor
import Testing

/// An operation that is tried on two devices, on the same normal numbers.
struct Operation: Sendable, CustomTestStringConvertible {
    var name: String
    /// The shapes of its operands.
    var shapes: [[Int]]
    /// What results may differ by, of the largest value or of 1 if that is larger; gradients ten times as much.
    var tolerance: Double
    var hasGradient: Bool
    var run: @Sendable ([Tensor]) throws -> Tensor

    init(
        _ name: String,
        _ shapes: [[Int]],
        within tolerance: Double = 2e-5,
        hasGradient: Bool = true,
        run: @escaping @Sendable ([Tensor]) throws -> Tensor
    ) {
        (self.name, self.shapes, self.tolerance) = (name, shapes, tolerance)
        (self.hasGradient, self.run) = (hasGradient, run)
    }

    var testDescription: String { name }

    /// The result and, where there are some, the gradients of a random direction of it with respect to each operand.
    func results(on device: Device) throws -> [(what: String, value: Tensor)] {
        let generator = try TensorGenerator(seed: 31)
        let inputs = try shapes.map { try generator.normal($0).to(device) }
        var results = [("result", try Tensor.withoutGrad { try run(inputs) })]
        if hasGradient {
            let leaves = try inputs.map { try $0.clone().requiringGrad() }
            let result = try run(leaves)
            let direction = try TensorGenerator(seed: 32).normal(result.shape).to(device)
            let gradients = try (result.to(.f32) * direction).sum().gradients(of: leaves)
            for (index, gradient) in gradients.enumerated() {
                results.append(("gradient of operand \(index)", try #require(gradient)))
            }
        }
        for (what, value) in results { #expect(value.device == device, "\(name): \(what)") }
        return try results.map { ($0.0, try $0.1.detach().to(.cpu)) }
    }
}

// Every group of the shim's operations.
extension Operation {
    static let simple: [Operation] = [
        Operation("arithmetic", [[7, 33], [33]]) {
            let sum = try ($0[0] + $0[1]) * $0[1] - $0[0] / ($0[1].square() + 1)
            return try 2 - sum * 3 + 1 / ($0[0].square() + 1)
        },
        Operation("functions", [[5, 41]]) { (x: [Tensor]) in
            let (x, positive) = (x[0], try x[0].square() + 0.5)
            let narrow = try [x.sin(), x.cos(), x.sigmoid(), x.gelu()]
            let wide = try [positive.sqrt(), positive.rsqrt(), x.abs(), Tensor.pow(2, x)]
            return try Tensor.stack(narrow + wide, dim: 0)
        },
        Operation("comparisons", [[6, 50], [6, 50]], hasGradient: false) {
            let (a, b) = ($0[0], $0[1])
            let flags = try [a.greater(b), a.greater(b).logicalAnd((-b).greater(a)), a.equal(a)]
            return try Tensor.stack(flags, dim: 0).to(.f32) + a.notEqual(b).all().to(.f32)
        },
        Operation("choices", [[6, 50], [6, 50]]) { try $0[0].maskedFill($0[1].greater($0[0]), 3) + $0[1] },
        Operation("reductions", [[9, 64]], within: 1e-4) {
            let x = $0[0]
            let rows = try [x.sum([1]), x.mean([1]), x.max([1]), x.min([1]), x.norm([1])]
            return try Tensor.cat(rows + [x.sum().unsqueeze(0), x.norm().unsqueeze(0)], dim: 0)
        },
        Operation("softmax", [[9, 64]]) { try $0[0].softmax() },
        Operation("index of the largest", [[4, 90]], hasGradient: false) { try $0[0].argmax(1, keepDims: true) },
        Operation("views", [[4, 6, 10]]) {
            let x = $0[0]
            let parts = try [
                x.permute([2, 0, 1]), x.narrow(1, start: 2, length: 3).transpose(0, 2).contiguous(),
                x.repeatInterleave(2, dim: 1), x.select(0, 1).unsqueeze(0).expand([3, 6, 10]),
                x.split([2, 4], dim: 1)[1],
            ]
            return try Tensor.cat(parts.map { try $0.reshape([-1]) }, dim: 0)
        },
        Operation("indexing", [[6, 8], [3, 8]]) {
            let (x, y) = ($0[0], $0[1])
            let rows = try Tensor([4, 0, 5]).to(x.device)
            return try Tensor.cat([x.indexSelect(0, rows), x.indexCopy(0, rows, y)], dim: 0)
        },
        Operation("writing into storage", [[6, 8], [6, 8]], hasGradient: false) {
            let x = try $0[0].clone()
            try x.accumulate($0[1], factor: 0.5, scale: 0.9)
            try x.accumulate(product: $0[1], $0[1], factor: 0.1, scale: 0.5)
            try x.accumulate(quotient: $0[1], $0[0].square() + 1, factor: -0.3)
            try x.select(0, 5).fill(7)
            try x.select(0, 4).copy(from: Tensor.ones([8]))
            return x
        },
    ]

    static let layers: [Operation] = [
        Operation("matmul", [[3, 37, 130], [130, 65]]) { try $0[0].matmul($0[1]) },
        Operation("linear, few", [[3, 130], [65, 130], [65]]) { try $0[0].linear($0[1], bias: $0[2]) },
        Operation("linear, many", [[2, 70, 130], [65, 130], [65]]) { try $0[0].linear($0[1], bias: $0[2]) },
        Operation("linear over a bf16 weight", [[9, 130], [65, 130]], hasGradient: false) {
            try $0[0].linear($0[1].to(.bf16))
        },
        Operation("linear in bf16", [[9, 130], [65, 130], [65]], within: 1.0 / 128) {
            try $0[0].to(.bf16).linear($0[1].to(.bf16), bias: $0[2].to(.bf16))
        },
        Operation("linear in int8", [[9, 130], [65, 130], [65]], hasGradient: false) {
            try $0[0].linear(Int8Weight(quantizing: $0[1]), bias: $0[2])
        },
        Operation("embedding", [[20, 16]]) { try $0[0].embedding(Tensor([3, 19, 3, 0], [2, 2]).to($0[0].device)) },
        Operation("layer norm", [[9, 77], [77], [77]]) { try $0[0].layerNorm($0[1], bias: $0[2]) },
        Operation("root-mean-square norm", [[9, 77], [77]]) { try $0[0].rmsNorm($0[1], epsilon: 1e-5) },
        Operation("root-mean-square norm in bf16", [[9, 77], [77]], within: 1.0 / 100) {
            try $0[0].to(.bf16).rmsNorm($0[1].to(.bf16), epsilon: 1e-5)
        },
        Operation("gated product", [[9, 77], [9, 77]]) { try $0[0].siluMultiply($0[1]) },
        Operation("gated halves", [[9, 78]]) { try $0[0].gatedHalves() },
        Operation("rotation of halves", [[2, 3, 11, 24], [11, 8]]) {
            try $0[0].rotary(cos: $0[1].detach().cos(), sin: $0[1].detach().sin(), pairs: .halves) + $0[1].sum()
        },
        Operation("rotation of neighbours", [[2, 3, 11, 24], [2, 11, 8]]) {
            try $0[0].rotary(cos: $0[1].detach().cos(), sin: $0[1].detach().sin(), pairs: .neighbours) + $0[1].sum()
        },
        Operation("bicubic samples", [[1, 4, 9, 9], [1, 20, 1, 2]], hasGradient: false) {
            try $0[0].gridSample($0[1].sin())
        },
        Operation("cross-entropy", [[6, 50]]) {
            try $0[0].crossEntropy(Tensor([3, 49, -100, 0, 7, 7]).to($0[0].device))
        },
    ]

    static let attention: [Operation] = [
        attention("all keys", heads: 4, queries: 97, keys: 130, .none),
        attention("one query", heads: 6, queries: 1, keys: 600, .none),
        attention("causal", heads: 4, kvHeads: 4, queries: 130, keys: 130, .causal(0)),
        attention("causal, grouped heads", heads: 6, queries: 130, keys: 130, .causal(0)),
        attention("causal behind a cache", heads: 6, queries: 33, keys: 300, .causal(267)),
        attention("equal segments", heads: 4, kvHeads: 4, queries: 120, keys: 120, .segments([0, 40, 80, 120])),
        attention("unequal segments", heads: 4, kvHeads: 4, queries: 97, keys: 97, .segments([0, 1, 40, 40, 97])),
        attention("causal in bf16", heads: 6, queries: 130, keys: 130, .causal(0), dtype: .bf16),
        attention("segments in bf16", heads: 4, queries: 120, keys: 120, .segments([0, 60, 120]), dtype: .bf16),
    ]

    /// What a query may see, without tensors.
    enum Mask: Sendable {
        case none
        case causal(Int)
        case segments([Int])

        var value: AttentionMask {
            get throws {
                switch self {
                case .none: .none
                case .causal(let offset): .causal(queryOffset: offset)
                case .segments(let ends): .segments(try Tensor(ends))
                }
            }
        }
    }

    private static func attention(
        _ name: String,
        heads: Int,
        kvHeads: Int = 2,
        queries: Int,
        keys: Int,
        _ mask: Mask,
        dtype: DType = .f32
    ) -> Operation {
        let shapes = [[2, heads, queries, 64], [2, kvHeads, keys, 64], [2, kvHeads, keys, 64]]
        return Operation("attention, \(name)", shapes, within: dtype == .f32 ? 1e-4 : 2e-2) { inputs in
            let x = try inputs.map { try $0.to(dtype) }
            return try Tensor.attention(query: x[0], key: x[1], value: x[2], mask: mask.value)
        }
    }
}
