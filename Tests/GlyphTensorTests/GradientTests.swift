// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphTensor
import Testing

@Suite struct GradientTests {
    @Test("Gradients of the layers agree with finite differences")
    func layers() throws {
        let generator = try TensorGenerator(seed: 8)
        let x = try generator.normal([3, 6])
        let weight = try generator.normal([4, 6])
        let scale = try generator.normal([6])
        try expectGradients([x, weight], within: 2e-2) { try $0[0].linear($0[1]).gelu() }
        try expectGradients([x, scale], within: 2e-2) { try $0[0].rmsNorm($0[1], epsilon: 1e-5) }
        try expectGradients([x, scale], within: 2e-2) { try $0[0].layerNorm($0[1]) }
        try expectGradients([x], within: 2e-2) { try $0[0].gatedHalves().softmax() }
        try expectGradients([x], within: 2e-2) { try $0[0].crossEntropy(Tensor([0, 5, -100])) }
        let heads = try generator.normal([1, 2, 3, 8])
        let angles = try generator.normal([3, 3])
        try expectGradients([heads], within: 2e-2) {
            try $0[0].rotary(cos: angles.cos(), sin: angles.sin(), pairs: .neighbours)
        }
    }

    @Test("The fused backward passes of f32 agree with those composed in f64")
    func fused() throws {
        let generator = try TensorGenerator(seed: 21)
        let x = try generator.normal([5, 37])
        let up = try generator.normal([5, 37])
        let scale = try generator.normal([37])
        let heads = try generator.normal([2, 3, 5, 16])
        let angles = try generator.normal([5, 6])
        let segments = try Tensor([0, 2, 2, 5] as [Int64])
        try expectSameGradients([x, scale]) { try $0[0].rmsNorm($0[1], epsilon: 1e-5) }
        try expectSameGradients([x, up]) { try $0[0].siluMultiply($0[1]) }
        try expectSameGradients([try generator.normal([3, 4, 22])]) { try $0[0].gatedHalves() }
        for pairs in [Tensor.RotaryPairs.halves, .neighbours] {
            try expectSameGradients([heads]) {
                try $0[0].transpose(1, 2).contiguous().transpose(1, 2)
                    .rotary(cos: angles.cos(), sin: angles.sin(), pairs: pairs)
            }
        }
        for mask in [AttentionMask.none, .causal(queryOffset: 0), .segments(segments)] {
            try expectSameGradients([heads, try generator.normal([2, 1, 5, 16]), try generator.normal([2, 1, 5, 16])]) {
                try Tensor.attention(query: $0[0], key: $0[1], value: $0[2], mask: mask)
            }
        }
    }

    @Test("Backward passes add up until the gradient is cleared")
    func accumulation() throws {
        let x = try Tensor([1, 2] as [Float]).requiringGrad()
        #expect(try x.grad() == nil)
        for expected in [[2, 4], [4, 8]] as [[Float]] {
            try x.square().sum().backward()
            #expect(try x.grad()?.floats() == expected)
        }
        try x.zeroGrad()
        #expect(try x.grad() == nil)
        try x.square().backward(gradient: Tensor([1, 10] as [Float]))
        #expect(try x.grad()?.floats() == [2, 40])
    }

    @Test("Nothing is recorded in a scope without gradients, also after an error in it")
    func scopes() throws {
        let x = try Tensor([1] as [Float]).requiringGrad()
        #expect(try Tensor.withoutGrad { try x.square() }.requiresGrad == false)
        #expect(throws: TensorError.self) { try Tensor.withoutGrad { try x.reshape([7]) } }
        #expect(throws: TensorError.self) { try Tensor.inference { () throws(TensorError) in try x.reshape([7]) } }
        #expect(try x.square().requiresGrad)
        let inside = try Tensor.inference { () throws(TensorError) in try x.square() }
        #expect(inside.requiresGrad == false)
        #expect(try x.detach().requiresGrad == false)
    }

    @Test("An input that was not used has no gradient, and a backward pass without a graph is an error")
    func unused() throws {
        let x = try Tensor([1] as [Float]).requiringGrad()
        let y = try Tensor([1] as [Float]).requiringGrad()
        let gradients = try x.square().sum().gradients(of: [x, y])
        #expect(try gradients[0]?.floats() == [2])
        #expect(gradients[1] == nil)
        #expect(throws: TensorError.self) { try Tensor([1] as [Float]).backward() }
    }
}
