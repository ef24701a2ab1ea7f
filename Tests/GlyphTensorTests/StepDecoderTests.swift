// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphTensor
import Testing

@Suite("A decoder's step in one call")
struct StepDecoderTests {
    private static let (layers, hidden, inner, heads, keyHeads, size, vocabulary) = (2, 256, 520, 6, 2, 64, 70)
    private static let epsilon = 1e-5

    enum Form: CaseIterable {
        case f32, bf16, int8

        var type: DType { self == .f32 ? .f32 : .bf16 }
    }

    /// A matrix with its bias, as the separate operations and as the step take it.
    private struct Weight {
        let product: (Tensor) throws -> Tensor
        let part: StepDecoder.Matrix

        init(_ rows: Int, _ columns: Int, hasBias: Bool = false, _ form: Form, _ generator: TensorGenerator) throws {
            let values = try generator.normal([rows, columns]) * 0.1
            let bias = hasBias ? try generator.normal([rows]).to(form.type) : nil
            if form == .int8 {
                let weight = try Int8Weight(quantizing: values)
                (product, part) = ({ try $0.linear(weight, bias: bias) }, StepDecoder.Matrix(weight, bias: bias))
            } else {
                let weight = try values.to(form.type)
                (product, part) = ({ try $0.linear(weight, bias: bias) }, StepDecoder.Matrix(weight, bias: bias))
            }
        }
    }

    private struct Block {
        let norms: [Tensor]
        let query, key, value, output, gateAndUp, down: Weight

        init(_ form: Form, _ generator: TensorGenerator) throws {
            norms = try (0..<4).map { _ in try (generator.normal([hidden]) + 1).to(form.type) }
            query = try Weight(heads * size, hidden, hasBias: true, form, generator)
            key = try Weight(keyHeads * size, hidden, hasBias: true, form, generator)
            value = try Weight(keyHeads * size, hidden, hasBias: true, form, generator)
            output = try Weight(hidden, heads * size, form, generator)
            gateAndUp = try Weight(2 * inner, hidden, form, generator)
            down = try Weight(hidden, inner, form, generator)
        }

        var part: StepDecoder.Block {
            StepDecoder.Block(
                norms: (norms[0], norms[1], norms[2], norms[3]),
                attention: (query.part, key.part, value.part, output.part),
                mlp: (gateAndUp.part, down.part)
            )
        }

        /// One sequence's token x [1, hidden] by separate operations; writes into keys and values at `length`.
        func callAsFunction(_ x: Tensor, _ cos: Tensor, _ sin: Tensor, _ cache: Tensor, _ length: Int) throws -> Tensor
        {
            func cut(_ x: Tensor, _ heads: Int) throws -> Tensor { try x.reshape([1, heads, 1, size]) }
            let normed = try x.rmsNorm(norms[0], epsilon: epsilon)
            let q = try cut(query.product(normed), heads).rotary(cos: cos, sin: sin, pairs: .neighbours)
            let k = try cut(key.product(normed), keyHeads).rotary(cos: cos, sin: sin, pairs: .neighbours)
            let all = try (0..<2).map { try cache.select(0, $0).narrow(1, start: 0, length: length + 1).unsqueeze(0) }
            try all[0].narrow(2, start: length, length: 1).copy(from: k)
            try all[1].narrow(2, start: length, length: 1).copy(from: cut(value.product(normed), keyHeads))
            let mixed = try Tensor.attention(query: q, key: all[0], value: all[1]).reshape([1, heads * size])
            let h = try x + output.product(mixed).rmsNorm(norms[1], epsilon: epsilon)
            let gated = try gateAndUp.product(h.rmsNorm(norms[2], epsilon: epsilon)).gatedHalves()
            return try h + down.product(gated).rmsNorm(norms[3], epsilon: epsilon)
        }
    }

    @Test(
        "It computes what separate operations compute, for caches on both sides of a task's end",
        arguments: Form.allCases
    )
    func equalsSeparateOperations(_ form: Form) throws {
        let (hidden, size) = (Self.hidden, Self.size)
        let generator = try TensorGenerator(seed: 5)
        let blocks = try (0..<Self.layers).map { _ in try Block(form, generator) }
        let norm = try (generator.normal([hidden]) + 1).to(form.type)
        let head = try Weight(Self.vocabulary, hidden, form, generator)
        let decoder = try StepDecoder(
            blocks.map(\.part),
            norm: norm,
            head: head.part,
            heads: Self.heads,
            keyValueHeads: Self.keyHeads,
            epsilon: Self.epsilon
        )
        let lengths = [0, 3, 511, 512, 700, 1100, 40, 41, 42]
        let x = try generator.normal([lengths.count, hidden]).to(form.type)
        let angles = try generator.normal([lengths.count, size / 4])
        let (cos, sin) = (try angles.cos(), try angles.sin())
        let caches = try lengths.map { length in
            try generator.normal([Self.layers, 2, Self.keyHeads, length + 5, size]).to(form.type)
        }
        let copies = try caches.map { try $0.clone() }
        let memories = zip(caches, lengths).map { StepDecoder.Memory(storage: $0, length: $1) }
        let together = try Tensor.inference { () throws(TensorError) in
            try decoder(x, cos: cos, sin: sin, memories)
        }
        #expect(together.shape == [lengths.count, Self.vocabulary])
        for (row, length) in lengths.enumerated() {
            var h = try x.narrow(0, start: row, length: 1)
            let (c, s) = (try cos.narrow(0, start: row, length: 1), try sin.narrow(0, start: row, length: 1))
            for (layer, block) in blocks.enumerated() {
                h = try block(h, c, s, copies[row].select(0, layer), length)
            }
            let logits = try head.product(h.rmsNorm(norm, epsilon: Self.epsilon)).to(.f32)
            let own = try together.narrow(0, start: row, length: 1)
            try expectClose(own, logits, within: form == .f32 ? 1e-4 : 0, "logits of sequence \(row)")
            try expectClose(caches[row], copies[row], within: form == .f32 ? 1e-5 : 0, "cache of sequence \(row)")
        }
    }

    @Test("What does not fit is an error, and nothing is written")
    func misfits() throws {
        let generator = try TensorGenerator(seed: 5)
        let block = try Block(.f32, generator)
        let norm = try generator.normal([Self.hidden])
        let head = try Weight(Self.vocabulary, Self.hidden, .f32, generator)
        func decoder(heads: Int, norm: Tensor) throws -> StepDecoder {
            try StepDecoder([block.part], norm: norm, head: head.part, heads: heads, keyValueHeads: 2, epsilon: 1e-5)
        }
        #expect(throws: TensorError.self) { try decoder(heads: 4, norm: norm) }
        #expect(throws: TensorError.self) { try decoder(heads: 6, norm: generator.normal([Self.hidden - 1])) }
        let step = try decoder(heads: 6, norm: norm)
        let x = try generator.normal([1, Self.hidden])
        let angles = try Tensor.zeros([1, 16])
        func memory(_ shape: [Int], _ type: DType = .f32, length: Int = 0) throws -> [StepDecoder.Memory] {
            [StepDecoder.Memory(storage: try Tensor.zeros(shape, dtype: type), length: length)]
        }
        #expect(throws: TensorError.self) {
            try step(x, cos: angles, sin: angles, memory([1, 2, 2, 4, 64], length: 4))
        }
        #expect(throws: TensorError.self) { try step(x, cos: angles, sin: angles, memory([1, 2, 2, 4, 32])) }
        #expect(throws: TensorError.self) { try step(x, cos: angles, sin: angles, memory([1, 2, 2, 4, 64], .bf16)) }
        #expect(throws: TensorError.self) { try step(x, cos: angles, sin: angles, []) }
        #expect(throws: TensorError.self) { try step(x.to(.bf16), cos: angles, sin: angles, memory([1, 2, 2, 4, 64])) }
        #expect(
            try step(x, cos: angles, sin: angles, memory([1, 2, 2, 4, 64], length: 3)).shape == [1, Self.vocabulary]
        )
    }
}
