// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphTensor

/// Dense glyph alignment: names the characters of a visual token from its vector.
///
/// The renderer knows where every character is, so each visual token is a training example of its own, and the tower
/// learns to read before a decoder that does not know how to look would have to teach it. Used in training only; it is
/// kept beside the model in a run's checkpoints.
final class GlyphHead {
    /// For each cell of a visual token, the classes: [cells × classes, decoder width].
    let weight: Tensor
    let bias: Tensor
    let cells: Int

    init(width: Int, cells: Int, generator: TensorGenerator, dtype: DType, device: Device) throws(TensorError) {
        self.cells = cells
        let noise = try generator.normal([cells * GlyphClasses.count, width])
        weight = try (noise * (1 / Double(width).squareRoot())).to(device, dtype)
        bias = try Tensor.zeros([cells * GlyphClasses.count], dtype: dtype, device: device)
    }

    /// The same weights with gradients of their own.
    init(sharing head: GlyphHead) throws(TensorError) {
        cells = head.cells
        (weight, bias) = (try head.weight.detach(), try head.bias.detach())
    }

    /// What the head says about visual tokens [tokens, width]: [tokens × cells, classes] in f32.
    func callAsFunction(_ tokens: Tensor) throws(TensorError) -> Tensor {
        try tokens.linear(weight, bias: bias).reshape([-1, GlyphClasses.count]).to(.f32)
    }
}
