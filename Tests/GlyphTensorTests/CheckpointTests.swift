// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Foundation
import GlyphTensor
import Testing

@Suite(.serialized) struct CheckpointTests {
    private typealias Layer = (Tensor) throws(TensorError) -> Tensor

    private func parameters() throws -> (weight: Tensor, scale: Tensor) {
        let generator = try TensorGenerator(seed: 31)
        return (
            try generator.normal([8, 8]).requiringGrad(), try generator.normal([8]).requiringGrad()
        )
    }

    /// The loss, and the gradients of input and parameters, of three layers one after the other.
    private func results(input needsGrad: Bool, by apply: (Tensor, @escaping Layer) throws -> Tensor) throws
        -> [[Float]]
    {
        let (weight, scale) = try parameters()
        let input = try TensorGenerator(seed: 32).normal([5, 8]).requiringGrad(needsGrad)
        var x = input
        for _ in 0..<3 {
            x = try apply(x) { x throws(TensorError) in
                try x + x.rmsNorm(scale, epsilon: 1e-5).linear(weight).gelu()
            }
        }
        let loss = try x.square().mean()
        try loss.backward()
        var values = [[try Float(loss.item())]]
        for tensor in [weight, scale] { values.append(try #require(try tensor.grad()).floats()) }
        let own = try input.grad()
        #expect((own != nil) == needsGrad)
        if let own { values.append(try own.floats()) }
        return values
    }

    @Test("Loss and gradients are those without checkpoints to the last bit", arguments: [true, false])
    func sameBits(needsGrad: Bool) throws {
        let kept = try results(input: needsGrad) { try $1($0) }
        #expect(try results(input: needsGrad) { try $0.checkpointed($1) } == kept)
        // A checkpoint in a checkpoint.
        let nested = try results(input: needsGrad) { x, layer in
            try x.checkpointed { x throws(TensorError) in try x.checkpointed(layer) }
        }
        #expect(nested == kept)
    }

    @Test("The intermediate results of layers are not kept for the backward pass")
    func memory() throws {
        // So large that the allocator asks the system for each and gives it back at once: 36 MiB.
        let size = 9 << 20
        func growth(_ apply: (Tensor, @escaping Layer) throws -> Tensor) throws -> Int {
            let x = try Tensor.zeros([size]).requiringGrad()
            let before = try Self.residentBytes()
            var y = x
            for _ in 0..<3 { y = try apply(y) { x throws(TensorError) in try x.sigmoid().sigmoid().sigmoid() } }
            let after = try Self.residentBytes()
            try y.sum().backward()
            #expect(try x.grad() != nil)
            return after - before
        }
        let kept = try growth { try $1($0) }
        let recomputed = try growth { try $0.checkpointed($1) }
        // Nine results against three. What other tests take meanwhile is far less than half of the difference.
        #expect(kept - recomputed > 3 * size * 4, "\(kept >> 20) MiB and \(recomputed >> 20) MiB")
    }

    /// The memory that the process takes.
    private static func residentBytes() throws -> Int {
        let pages = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8).split(separator: " ")
        return try #require(Int(pages[1])) * sysconf(Int32(_SC_PAGESIZE))
    }

    @Test("What the layer throws is thrown as it is, by the first run and by the second")
    func errors() throws {
        let (weight, _) = try parameters()
        let x = try Tensor.full([2, 8], 1).requiringGrad()
        let own = TensorError(.device, "the layer's own")
        #expect(throws: own) { try x.checkpointed { _ throws(TensorError) in throw own } }
        let shape = try #require(throws: TensorError.self) {
            try x.checkpointed { x throws(TensorError) in try x.reshape([7]) }
        }
        #expect(shape.kind == .shape && shape.message.hasPrefix("reshape("), "\(shape)")

        // In one checkpoint the second run is in the backward pass; in a checkpoint within another it is in that of the
        // outer one, and the third in a backward pass within a backward pass.
        for depth in [1, 2] {
            var runs = 0
            let layer: Layer = { x throws(TensorError) in
                runs += 1
                if runs > depth { throw own }
                return try x.linear(weight)
            }
            let nested: Layer = { x throws(TensorError) in try x.checkpointed(layer) }
            let loss = try x.checkpointed(depth == 1 ? layer : nested).sum()
            #expect(throws: own) { try loss.backward() }
            #expect(runs == depth + 1)
        }
        let grad = try weight.grad()
        #expect(grad == nil)
        #expect(try x.checkpointed { x throws(TensorError) in try x.linear(weight) }.requiresGrad)
    }

    @Test("A layer that gives something else the second time is an error")
    func changed() throws {
        let x = try Tensor.full([2, 8], 1).requiringGrad()
        for second in [[16, 1], nil] {
            var runs = 0
            let y = try x.checkpointed { x throws(TensorError) in
                runs += 1
                if runs == 1 { return try x.gelu() }
                return if let second { try x.reshape(second) } else { try x.detach() }
            }
            #expect(throws: TensorError.self) { try y.sum().backward() }
        }
    }

    @Test("The layer is released once: with the graph, at once where nothing is recorded, and after an error")
    func released() throws {
        final class Token {}
        func isGone(after use: (Tensor, Token) throws -> Tensor?) throws -> (while: Bool, after: Bool) {
            var token: Token? = Token()
            weak let watched = token
            let x = try Tensor.full([3], 1).requiringGrad()
            var result = try token.flatMap { try use(x, $0) }
            token = nil
            let during = watched == nil
            withExtendedLifetime(result) {}
            result = nil
            return (during, watched == nil)
        }
        func layer(_ token: Token) -> Layer {
            { x throws(TensorError) in
                withExtendedLifetime(token) {}
                return try x.square()
            }
        }
        #expect(try isGone { try $0.checkpointed(layer($1)) } == (false, true))
        #expect(try isGone { x, token in try Tensor.withoutGrad { try x.checkpointed(layer(token)) } } == (true, true))
        #expect(try isGone { x, token in try x.detach().checkpointed(layer(token)) } == (true, true))
        let failed = try isGone { x, token in
            try? x.checkpointed { x throws(TensorError) in
                withExtendedLifetime(token) {}
                return try x.reshape([7])
            }
        }
        #expect(failed == (true, true))
    }

    @Test("Where nothing needs gradients nothing is recorded, and the layer may hand its input or a parameter through")
    func corners() throws {
        let (weight, _) = try parameters()
        let x = try Tensor.full([8, 8], 1)
        #expect(try x.checkpointed { x throws(TensorError) in try x.square() }.requiresGrad == false)
        #expect(try x.checkpointed { x throws(TensorError) in x }.requiresGrad == false)
        let leaf = try x.clone().requiringGrad()
        try leaf.checkpointed { x throws(TensorError) in x }.sum().backward()
        #expect(try leaf.grad()?.floats() == x.floats())
        try leaf.checkpointed { _ throws(TensorError) in weight }.sum().backward()
        #expect(try weight.grad()?.floats() == x.floats())
        #expect(try leaf.grad()?.floats() == x.floats())
        // A result that is not used costs no second run.
        var runs = 0
        _ = try leaf.checkpointed { x throws(TensorError) in
            runs += 1
            return try x.square()
        }
        try leaf.sum().backward()
        #expect(runs == 1)
    }

    @Test("A second backward pass needs a retained graph, and gradients of chosen tensors are refused")
    func passes() throws {
        let x = try Tensor([3] as [Float]).requiringGrad()
        let y = try x.checkpointed { x throws(TensorError) in try x.square() }.sum()
        #expect(throws: TensorError.self) { try y.gradients(of: [x]) }
        let z = try x.checkpointed { x throws(TensorError) in try x.square() }.sum()
        try z.backward(retainGraph: true)
        try z.backward()
        #expect(try x.grad()?.floats() == [12])
        #expect(throws: TensorError.self) { try z.backward() }
    }
}
