// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import CTorch

// Only the plain forms of layers in tests need `abs`, `rsqrt`, `sigmoid`, `square`, `notEqual` and `greater`.
extension Tensor {
    package func abs() throws(TensorError) -> Tensor { try unary(CT_ABS) }
    package func sin() throws(TensorError) -> Tensor { try unary(CT_SIN) }
    package func cos() throws(TensorError) -> Tensor { try unary(CT_COS) }
    package func sqrt() throws(TensorError) -> Tensor { try unary(CT_SQRT) }
    /// One divided by the root of x.
    package func rsqrt() throws(TensorError) -> Tensor { try unary(CT_RSQRT) }
    package func sigmoid() throws(TensorError) -> Tensor { try unary(CT_SIGMOID) }
    /// The exact form, not the approximation by tanh.
    package func gelu() throws(TensorError) -> Tensor { try unary(CT_GELU) }
    package func square() throws(TensorError) -> Tensor { try unary(CT_SQUARE) }

    /// base to the power of each element.
    package static func pow(_ base: Double, _ exponent: Tensor) throws(TensorError) -> Tensor {
        try exponent.binary(CT_POWER, swapped: base)
    }
    package func equal(_ other: Tensor) throws(TensorError) -> Tensor { try binary(CT_EQUAL, other) }
    package func notEqual(_ other: Tensor) throws(TensorError) -> Tensor { try binary(CT_NOT_EQUAL, other) }
    package func greater(_ other: Tensor) throws(TensorError) -> Tensor { try binary(CT_GREATER, other) }
    package func logicalAnd(_ other: Tensor) throws(TensorError) -> Tensor { try binary(CT_AND, other) }

    func unary(_ op: Int) throws(TensorError) -> Tensor {
        try Tensor.make(self) { ct_unary(ct_unary_op(op), $0, $1) }
    }

    func binary(_ op: Int, _ other: Tensor) throws(TensorError) -> Tensor {
        try Tensor.make(self, other) { ct_binary(ct_binary_op(op), $0, $1, $2) }
    }

    func binary(_ op: Int, _ other: Double) throws(TensorError) -> Tensor {
        try Tensor.make(self) { ct_binary_scalar(ct_binary_op(op), $0, other, $1) }
    }

    func binary(_ op: Int, swapped other: Double) throws(TensorError) -> Tensor {
        try Tensor.make(self) { ct_scalar_binary(ct_binary_op(op), other, $0, $1) }
    }
}
