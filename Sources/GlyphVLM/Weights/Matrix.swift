// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphTensor

/// How a model holds the matrices of its decoder.
package enum MatrixForm: Sendable {
    /// In the type that the model computes in.
    case computeType
    /// In 8 bits with one factor a row: half the memory of bfloat16 and near its results, for serving only.
    case int8
}

/// A matrix that vectors are multiplied by, in one of its forms.
enum Matrix {
    case plain(Tensor)
    case int8(Int8Weight)

    /// The matrix as a ``StepDecoder`` takes it.
    func stepPart(bias: Tensor? = nil) -> StepDecoder.Matrix {
        switch self {
        case .plain(let weight): StepDecoder.Matrix(weight, bias: bias)
        case .int8(let weight): StepDecoder.Matrix(weight, bias: bias)
        }
    }
}

extension Tensor {
    /// self [..., in] · matrixᵀ [in, out] + bias [out].
    func linear(_ matrix: Matrix, bias: Tensor? = nil) throws(TensorError) -> Tensor {
        switch matrix {
        case .plain(let weight): try linear(weight, bias: bias)
        case .int8(let weight): try linear(weight, bias: bias)
        }
    }

    /// silu(gate) · up of self [..., in], with gate and up as the halves of one matrix.
    func gatedLinear(_ matrix: Matrix) throws(TensorError) -> Tensor {
        switch matrix {
        case .plain(let weight): try gatedLinear(weight)
        case .int8(let weight): try gatedLinear(weight)
        }
    }
}
