// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphTensor
import Testing

@Suite struct LayerTests {
    /// Few vectors, which have a path of their own, and many; widths that no vector register divides.
    static let sizes: [(vectors: Int, input: Int, output: Int)] = [
        (1, 64, 32), (2, 100, 37), (3, 1027, 515), (4, 64, 3), (5, 33, 70), (6, 128, 64), (7, 96, 65), (8, 1027, 515),
        (9, 100, 37), (40, 513, 130), (100, 256, 300),
    ]

    @Test("A linear layer multiplies by the transposed weight and adds the bias", arguments: sizes)
    func linear(_ size: (vectors: Int, input: Int, output: Int)) throws {
        let generator = try TensorGenerator(seed: 3)
        let x = try generator.normal([size.vectors, size.input])
        let bias = try generator.normal([size.output])
        for dtype in [DType.f32, .bf16, .f16] {
            let weight = try generator.normal([size.output, size.input]).to(dtype)
            let wide = try weight.to(.f64)
            let expected = try x.to(.f64).matmul(wide.transpose(0, 1)) + bias.to(.f64)
            try expectClose(x.linear(weight, bias: bias), expected, within: 1e-3, "\(dtype)")
            try expectClose(x.linear(weight), expected - bias.to(.f64), within: 1e-3, "\(dtype)")
            // In the type of the input, rounded once.
            let narrow = try x.to(.bf16).linear(weight)
            #expect(narrow.dtype == .bf16)
            let again = try x.to(.bf16).to(.f64).matmul(wide.transpose(0, 1))
            let magnitude = try again.abs().max().item()
            try expectClose(narrow, again, within: magnitude / 128, "\(dtype)")
        }
    }

    @Test("An int8 weight is off by at most half a scale for each input", arguments: sizes)
    func int8(_ size: (vectors: Int, input: Int, output: Int)) throws {
        let generator = try TensorGenerator(seed: 4)
        let x = try generator.normal([size.vectors, size.input])
        let weight = try generator.normal([size.output, size.input])
        let quantized = try Int8Weight(quantizing: weight)
        #expect(quantized.values.dtype == .i8 && quantized.scales.shape == [size.output])
        let restored = try quantized.values.to(.f32) * quantized.scales.unsqueeze(1)
        let excess = try ((restored - weight).abs() - quantized.scales.unsqueeze(1) * 0.5).max().item()
        #expect(excess <= 1e-6)
        try expectClose(x.linear(quantized), x.to(.f64).matmul(restored.to(.f64).transpose(0, 1)), within: 1e-3)
        // The bound follows from that of each weight.
        let bound = try x.abs().sum([1], keepDims: true) * quantized.scales.unsqueeze(0) * 0.5 + 1e-3
        let error = try (x.linear(quantized) - x.matmul(weight.transpose(0, 1))).abs()
        #expect(try (error - bound).max().item() <= 0)
    }

    @Test("A row of zeros has the scale 0 and gives zeros")
    func int8Zeros() throws {
        let weight = try Int8Weight(quantizing: Tensor.zeros([2, 8]))
        #expect(try Tensor.ones([1, 8]).linear(weight).floats() == [0, 0])
    }

    @Test("A weight with a number that is not finite is refused in int8", arguments: [DType.f32, .bf16, .f16, .f64])
    func int8NotFinite(_ dtype: DType) throws {
        for odd in [Float.nan, -.nan, .infinity, -.infinity] {
            var numbers = [Float](repeating: 1, count: 5 * 300)
            numbers[3 * 300 + 299] = odd
            let weight = try Tensor(numbers, [5, 300]).to(dtype)
            let error = try #require(throws: TensorError.self) { try Int8Weight(quantizing: weight) }
            #expect(error.kind == .other)
            #expect(error.message.hasSuffix("row 3 of the weight has a number that is not finite"), "\(error)")
        }
    }

    @Test("The root-mean-square norm rounds as the reference does", arguments: [(DType.f32, 1e-6), (.bf16, 0)])
    func rmsNorm(_ dtype: DType, _ tolerance: Double) throws {
        let generator = try TensorGenerator(seed: 5)
        let x = try (generator.normal([3, 7, 77]) * 3).to(dtype)
        let weight = try generator.normal([77]).to(dtype)
        let wide = try x.to(.f32)
        let scale = try (wide.square().mean([-1], keepDims: true) + 1e-5).rsqrt()
        let expected = try (wide * scale).to(dtype) * weight
        try expectClose(x.rmsNorm(weight, epsilon: 1e-5), expected, within: tolerance)
        // The composed form, which gradients need, gives the same.
        let leaf = try weight.clone().requiringGrad()
        try expectClose(x.rmsNorm(leaf, epsilon: 1e-5).detach(), expected, within: tolerance)
    }

    @Test("A gated product takes gate and up as two tensors, also as halves of one", arguments: [DType.f32, .bf16])
    func gated(_ dtype: DType) throws {
        let both = try (TensorGenerator(seed: 6).normal([3, 5, 2 * 53]) * 20).to(dtype)
        let halves = try both.split([53, 53], dim: -1)
        let wide = try halves.map { try $0.to(.f64) }
        let expected = try wide[0] * wide[0].sigmoid() * wide[1]
        let scale = try expected.abs().max().item()
        let tolerance = scale * (dtype == .f32 ? 1e-6 : 1.0 / 256)
        try expectClose(halves[0].siluMultiply(halves[1]), expected, within: tolerance)
        let apart = try halves.map { try $0.contiguous() }
        try expectClose(apart[0].siluMultiply(apart[1]), expected, within: tolerance)
        // A dimension of size 1 in the middle may have any stride.
        let turned = try apart.map { try $0.reshape([1, 15, 53]).transpose(0, 1) }
        let same = try turned[0].siluMultiply(turned[1]).reshape([3, 5, 53])
        try expectClose(same, expected, within: tolerance)
    }

    @Test("A weight without rows gives a result without columns, for few vectors and many", arguments: [4, 16, 400])
    func noRows(_ vectors: Int) throws {
        for type in [DType.f32, .bf16] {
            let x = try Tensor.ones([vectors, 64]).to(type)
            #expect(try x.linear(Tensor.zeros([0, 64]).to(type)).shape == [vectors, 0])
        }
    }

    @Test("A rotation turns the pairs it is told to and leaves the rest")
    func rotary() throws {
        // A quarter turn of the first pair, none of the second; entries 4 and 5 do not turn.
        let x = try Tensor([1, 2, 3, 4, 5, 6] as [Float], [1, 1, 1, 6])
        let cos = try Tensor([0, 1] as [Float], [1, 2])
        let sin = try Tensor([1, 0] as [Float], [1, 2])
        #expect(try x.rotary(cos: cos, sin: sin, pairs: .neighbours).floats() == [-2, 1, 3, 4, 5, 6])
        #expect(try x.rotary(cos: cos, sin: sin, pairs: .halves).floats() == [-3, 2, 1, 4, 5, 6])
    }

    @Test(
        "The kernel for rotations gives what the composed form gives",
        arguments: [Layer.RotaryPairs.halves, .neighbours]
    )
    func rotaryForms(_ pairs: Layer.RotaryPairs) throws {
        let generator = try TensorGenerator(seed: 7)
        let x = try generator.normal([2, 11, 3, 20]).transpose(1, 2)
        let angles = try generator.normal([2, 11, 8])
        let (cos, sin) = (try angles.cos(), try angles.sin())
        let fused = try x.rotary(cos: cos, sin: sin, pairs: pairs)
        let composed = try x.clone().requiringGrad().rotary(cos: cos, sin: sin, pairs: pairs).detach()
        try expectClose(fused, composed, within: 1e-6)
        let back = try fused.rotary(cos: cos, sin: -sin, pairs: pairs)
        try expectClose(back, x, within: 1e-5)
        // Pairs that fill vector registers and some that are left over.
        let wide = try generator.normal([1, 2, 5, 90]).to(.bf16)
        let turns = try generator.normal([5, 41])
        let rounded = try wide.rotary(cos: turns.cos(), sin: turns.sin(), pairs: pairs)
        let exact = try wide.to(.f32).rotary(cos: turns.cos(), sin: turns.sin(), pairs: pairs)
        try expectClose(rounded.to(.f32), exact, within: exact.abs().max().item() / 256)
    }

    @Test("Activations, norms and softmax agree with values computed by hand")
    func activations() throws {
        let x = try Tensor([-1, 0, 2] as [Float])
        try expectClose(x.gelu(), Tensor([-0.15865526, 0, 1.9544997] as [Float]), within: 1e-6)
        try expectClose(x.softmax(), Tensor([0.04201007, 0.1141952, 0.8437947] as [Float]), within: 1e-6)
        let norm = try Tensor([1, 2, 3] as [Float]).layerNorm(epsilon: 0)
        try expectClose(norm, Tensor([-1.2247449, 0, 1.2247449] as [Float]), within: 1e-6)
    }

    @Test("Embedding and cross-entropy agree with values computed by hand")
    func layers() throws {
        let table = try Tensor([1, 2, 3, 4] as [Float], [2, 2])
        #expect(try table.embedding(Tensor([1, 0, 1], [1, 3])).floats() == [3, 4, 1, 2, 3, 4])
        let logits = try Tensor([0, 0, 5, 0] as [Float], [2, 2])
        let loss = try logits.crossEntropy(Tensor([1, -100]), ignoreIndex: -100).item()
        #expect(abs(loss - 0.6931472) < 1e-6)
    }

    typealias Layer = Tensor
}
