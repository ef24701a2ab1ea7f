// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphTensor
import Testing

/// What two ways to compute products in f32 of numbers of about 1 may differ by.
let productError = Runtime.splitsF32 ? 5e-5 : 1e-5

/// The largest difference between two tensors of one shape.
func difference(_ a: Tensor, _ b: Tensor) throws -> Double {
    try #require(a.shape == b.shape, "\(a) and \(b)")
    let (a, b) = try (a.to(.f64), b.to(.f64))
    return try (a - b).abs().max().item()
}

/// Expects tensors to agree to within a tolerance, element by element.
func expectClose(
    _ a: Tensor,
    _ b: Tensor,
    within tolerance: Double,
    _ comment: Comment? = nil,
    sourceLocation: SourceLocation = #_sourceLocation
) throws {
    let error = try difference(a, b)
    // Not `error > tolerance`: a NaN must fail.
    #expect(error <= tolerance, comment, sourceLocation: sourceLocation)
}

extension Tensor {
    /// The gated product of the halves of the last dimension, gate first.
    func gatedHalves() throws -> Tensor {
        let halves = try split([size(-1) / 2, size(-1) / 2], dim: -1)
        return try halves[0].siluMultiply(halves[1])
    }
}

/// Expects the gradients of `function` with respect to each input to agree with differences of its values.
func expectGradients(
    _ inputs: [Tensor],
    within tolerance: Double,
    sourceLocation: SourceLocation = #_sourceLocation,
    _ function: ([Tensor]) throws -> Tensor
) throws {
    let generator = try TensorGenerator(seed: 99)
    let leaves = try inputs.map { try $0.clone().requiringGrad() }
    let result = try function(leaves)
    // A random direction, so that no error can cancel another.
    let direction = try generator.normal(result.shape)
    let loss = try (result.to(.f32) * direction).sum()
    let gradients = try loss.gradients(of: leaves)
    let step = 1e-2
    for (index, input) in inputs.enumerated() {
        let gradient = try #require(gradients[index], sourceLocation: sourceLocation)
        for _ in 0..<4 {
            let move = try generator.normal(input.shape)
            var values: [Double] = []
            for sign in [1.0, -1.0] {
                var moved = inputs
                moved[index] = try input + move * (sign * step)
                values.append(try (function(moved).to(.f32) * direction).sum().item())
            }
            let expected = (values[0] - values[1]) / (2 * step)
            let found = try (gradient * move).sum().item()
            #expect(
                abs(found - expected) <= tolerance * max(1, abs(expected)),
                "input \(index): \(found) and \(expected)",
                sourceLocation: sourceLocation
            )
        }
    }
}

/// Expects the gradients of `function` to be the same whether it computes in f32 or in f64, which takes other code.
func expectSameGradients(
    _ inputs: [Tensor],
    sourceLocation: SourceLocation = #_sourceLocation,
    _ function: ([Tensor]) throws -> Tensor
) throws {
    let direction = try TensorGenerator(seed: 98).normal(function(inputs).shape)
    let gradients = try [DType.f32, .f64].map { type in
        let leaves = try inputs.map { try $0.to(type).clone().requiringGrad() }
        return try (function(leaves) * direction.to(type)).sum().gradients(of: leaves)
    }
    for (narrow, wide) in zip(gradients[0], gradients[1]) {
        let (narrow, wide) = (try #require(narrow), try #require(wide))
        try expectClose(narrow, wide, within: 2e-5, sourceLocation: sourceLocation)
    }
}
