// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import CTorch

extension Tensor {
    /// Matrix product over the last two dimensions; the others broadcast.
    package func matmul(_ other: Tensor) throws(TensorError) -> Tensor {
        try Tensor.make(self, other) { ct_matmul($0, $1, $2) }
    }

    /// self [..., in] · weightᵀ [in, out] + bias [out], with the weight stored as [out, in].
    ///
    /// The result has the type of `self`; an f32 input may meet a bf16 weight.
    package func linear(_ weight: Tensor, bias: Tensor? = nil) throws(TensorError) -> Tensor {
        try Tensor.make(self, weight, bias) { ct_linear($0, $1, $2, $3) }
    }

    /// silu(gate) · up, where gate and up are what ``linear(_:bias:)`` gives for the halves of `weight`, gate first.
    ///
    /// [..., in] and [2 · out, in] → [..., out]. On matrix tiles gate and up are not rounded to the type of `self`.
    package func gatedLinear(_ weight: Tensor) throws(TensorError) -> Tensor {
        try Tensor.make(self, weight) { ct_gated_linear($0, $1, nil, $2) }
    }

    /// Rows of self [vocabulary, width] for ids of any shape: [..., width].
    package func embedding(_ ids: Tensor) throws(TensorError) -> Tensor {
        try Tensor.make(self, ids) { ct_embedding($0, $1, $2) }
    }
}

/// A weight [out, in] as int8 with one f32 scale for each output: a quarter of the memory of f32, half of bf16.
///
/// Each row is divided by its largest magnitude / 127 and rounded, so a weight is off by at most half a scale.
package struct Int8Weight {
    /// Whole numbers from -127 to 127: i8 [out, in].
    package let values: Tensor
    /// What a row's numbers are multiplied by: f32 [out].
    package let scales: Tensor

    /// - Throws: If a number of the weight is not finite, as in a damaged file.
    package init(quantizing weight: Tensor) throws(TensorError) {
        (values, scales) = try Tensor.makePair(weight) { ct_quantize_int8($0, $1, $2) }
    }

    package init(values: Tensor, scales: Tensor) {
        self.values = values
        self.scales = scales
    }
}

extension Tensor {
    /// As ``linear(_:bias:)`` with a weight in int8; products and sums are f32.
    package func linear(_ weight: Int8Weight, bias: Tensor? = nil) throws(TensorError) -> Tensor {
        try Tensor.make(self, weight.values, weight.scales, bias) { ct_linear_int8($0, $1, $2, $3, $4) }
    }

    /// As ``gatedLinear(_:)`` with a weight in int8.
    package func gatedLinear(_ weight: Int8Weight) throws(TensorError) -> Tensor {
        try Tensor.make(self, weight.values, weight.scales) { ct_gated_linear($0, $1, $2, $3) }
    }
}
