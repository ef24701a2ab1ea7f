// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Foundation
import GlyphTensor
import Testing

@testable import GlyphTrain

@Suite struct OptimizerTests {
    /// The update written out in double precision for one number (arXiv 1711.05101, algorithm 2).
    private func reference(_ start: Double, _ gradients: [Double], rate: Double, decay: Double) -> Double {
        var (x, m, v) = (start, 0.0, 0.0)
        for (index, g) in gradients.enumerated() {
            m = 0.9 * m + 0.1 * g
            v = 0.98 * v + 0.02 * g * g
            let (mHat, vHat) = (m / (1 - pow(0.9, Double(index + 1))), v / (1 - pow(0.98, Double(index + 1))))
            x -= rate * decay * x
            x -= rate * mHat / (vHat.squareRoot() + 1e-8)
        }
        return x
    }

    @Test("Updates are AdamW's, matrices decay and vectors do not")
    func updates() throws {
        let matrix = try Tensor([0.5, -2] as [Float], [1, 2])
        let vector = try Tensor([0.5, -2] as [Float])
        let optimizer = try AdamW(
            [[("matrix", matrix), ("vector", vector)]],
            isVision: { _ in false },
            betas: (0.9, 0.98),
            weightDecay: 0.1
        )
        let gradients = [0.3, -0.1, 0.7]
        for (index, gradient) in gradients.enumerated() {
            for tensor in [matrix, vector] { try (tensor * gradient).sum().backward() }
            _ = try optimizer.step(index + 1, optimizer.takeGradients(), largestNorm: 1e9) { _ in 0.05 }
        }
        for (tensor, decay) in [(matrix, 0.1), (vector, 0)] {
            for (found, start) in zip(try tensor.detach().floats(), [0.5, -2.0]) {
                let expected = reference(start, gradients, rate: 0.05, decay: decay)
                #expect(abs(Double(found) - expected) < 1e-5)
            }
        }
    }

    @Test("Gradients are clipped to their common norm, and gradients that are not finite change nothing")
    func clipping() throws {
        let x = try Tensor([1, 1] as [Float])
        let optimizer = try AdamW([[("x", x)]], isVision: { _ in true }, betas: (0, 0), weightDecay: 0)
        try (x * Tensor([3, 4] as [Float])).sum().backward()
        let norm = try optimizer.step(1, optimizer.takeGradients(), largestNorm: 0.5) { isVision in isVision ? 0.1 : 0 }
        #expect(norm == 5)
        #expect(try optimizer.slots[0].firstMoment.floats() == [0.3, 0.4])
        let before = try x.detach().floats()
        try (x * Double.infinity).sum().backward()
        #expect(try !optimizer.step(2, optimizer.takeGradients(), largestNorm: 1) { _ in 0.1 }.isFinite)
        #expect(try x.detach().floats() == before)
    }

    @Test("bf16 parameters move by steps that bf16 could not add up")
    func masters() throws {
        let x = try Tensor([1] as [Float]).to(.bf16)
        let optimizer = try AdamW([[("x", x)]], isVision: { _ in false }, betas: (0.9, 0.98), weightDecay: 0)
        for step in 1...20 {
            try x.sum().backward()
            _ = try optimizer.step(step, optimizer.takeGradients(), largestNorm: 1) { _ in 0.001 }
        }
        // A step of 0.001 alone rounds away: neighbours of 1 in bf16 are 0.004 and 0.008 apart.
        #expect(abs(try optimizer.slots[0].master.item() - 0.98) < 1e-4)
        #expect(abs(try x.detach().to(.f32).item() - 0.98) < 0.003)
    }
}
