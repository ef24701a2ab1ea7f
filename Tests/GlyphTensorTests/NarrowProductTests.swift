// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphTensor
import Testing

/// Products of many bf16 vectors, which have a form of their own where the processor has matrix tiles.
@Suite struct NarrowProductTests {
    /// Whole tiles and parts of them; more vectors than are multiplied at a time; several passes over the inputs.
    static let sizes: [(vectors: Int, input: Int, output: Int)] = [
        (9, 32, 32), (16, 31, 33), (40, 513, 130), (100, 256, 300), (33, 640, 16), (750, 70, 40),
    ]

    private struct Case {
        let x: Tensor
        let weights: [Tensor]
        let bias: Tensor

        init(_ size: (vectors: Int, input: Int, output: Int)) throws {
            let generator = try TensorGenerator(seed: 8)
            x = try generator.normal([size.vectors, size.input]).to(.bf16)
            weights = try (0..<2).map { _ in try generator.normal([size.output, size.input]).to(.bf16) }
            bias = try generator.normal([size.output]).to(.bf16)
        }

        /// x · weightᵀ in f64.
        func product(_ weight: Tensor) throws -> Tensor { try x.to(.f64).matmul(weight.to(.f64).transpose(0, 1)) }
    }

    /// Nothing but the result is rounded to bf16, which has 8 bits.
    private func expectRounded(_ found: Tensor, _ expected: Tensor, _ comment: Comment) throws {
        #expect(found.dtype == .bf16 && found.shape == expected.shape)
        let excess = try (found.to(.f64) - expected).abs() - expected.abs() / 256
        #expect(try excess.max().item() < 1e-3, comment)
    }

    @Test("A product in bf16 is rounded once", arguments: sizes)
    func plain(_ size: (vectors: Int, input: Int, output: Int)) throws {
        let c = try Case(size)
        let expected = try c.product(c.weights[0])
        try expectRounded(c.x.linear(c.weights[0]), expected, "plain")
        try expectRounded(c.x.linear(c.weights[0], bias: c.bias), expected + c.bias.to(.f64), "with a bias")
        let rows = try c.x.reshape([1, size.vectors, size.input]).linear(c.weights[0])
        try expectRounded(rows, expected.unsqueeze(0), "as a batch")
    }

    @Test("A product in bf16 over an int8 weight is rounded once", arguments: sizes)
    func int8(_ size: (vectors: Int, input: Int, output: Int)) throws {
        let c = try Case(size)
        let weight = try Int8Weight(quantizing: c.weights[0])
        let expected = try c.product(weight.values) * weight.scales.to(.f64)
        try expectRounded(c.x.linear(weight), expected, "plain")
        try expectRounded(c.x.linear(weight, bias: c.bias), expected + c.bias.to(.f64), "with a bias")
    }

    @Test("A gated product takes the halves of a weight in any form", arguments: sizes)
    func gated(_ size: (vectors: Int, input: Int, output: Int)) throws {
        let c = try Case(size)
        let both = try Tensor.cat(c.weights, dim: 0)
        func expectGated(_ found: Tensor, _ gate: Tensor, _ up: Tensor, _ comment: Comment) throws {
            let expected = try gate * gate.sigmoid() * up
            // Where it is not fused, gate and up are rounded before.
            let magnitude = try expected.abs().max().item()
            try expectClose(found, expected, within: magnitude / 64, "\(comment)")
        }
        try expectGated(c.x.gatedLinear(both), c.product(c.weights[0]), c.product(c.weights[1]), "bf16")
        let quantized = try Int8Weight(quantizing: both)
        let product = try c.product(quantized.values) * quantized.scales.to(.f64)
        let halves = try [0, size.output].map { try product.narrow(1, start: $0, length: size.output) }
        try expectGated(c.x.gatedLinear(quantized), halves[0], halves[1], "int8")
        let wide = try c.x.to(.f32)
        try expectClose(wide.gatedLinear(both), wide.linear(both).gatedHalves(), within: 0, "f32")
        #expect(throws: TensorError.self) { try c.x.gatedLinear(both.narrow(0, start: 0, length: 2 * size.output - 1)) }
    }

    @Test("A product in bf16 does not depend on the number of threads")
    func threads() throws {
        let before = Runtime.threadCount
        defer { try? Runtime.setThreadCount(before) }
        let c = try Case((750, 300, 200))
        let results = try [1, 2, 3].map {
            try Runtime.setThreadCount($0)
            return try c.x.linear(c.weights[0]).bytes()
        }
        #expect(results[1] == results[0] && results[2] == results[0])
    }
}
