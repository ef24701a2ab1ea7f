// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import CTorch

extension Tensor {
    public func abs() throws(TensorError) -> Tensor { try unary(CT_ABS) }
    public func exp() throws(TensorError) -> Tensor { try unary(CT_EXP) }
    public func sin() throws(TensorError) -> Tensor { try unary(CT_SIN) }
    public func cos() throws(TensorError) -> Tensor { try unary(CT_COS) }
    public func sqrt() throws(TensorError) -> Tensor { try unary(CT_SQRT) }
    /// One divided by the root of x.
    public func rsqrt() throws(TensorError) -> Tensor { try unary(CT_RSQRT) }
    public func sigmoid() throws(TensorError) -> Tensor { try unary(CT_SIGMOID) }
    /// The product of x and sigmoid(x).
    public func silu() throws(TensorError) -> Tensor { try unary(CT_SILU) }
    /// The exact form, not the approximation by tanh.
    public func gelu() throws(TensorError) -> Tensor { try unary(CT_GELU) }
    public func square() throws(TensorError) -> Tensor { try unary(CT_SQUARE) }

    /// base to the power of each element.
    public static func pow(_ base: Double, _ exponent: Tensor) throws(TensorError) -> Tensor {
        try exponent.binary(CT_POWER, swapped: base)
    }
    public func equal(_ other: Tensor) throws(TensorError) -> Tensor { try binary(CT_EQUAL, other) }
    public func notEqual(_ other: Tensor) throws(TensorError) -> Tensor { try binary(CT_NOT_EQUAL, other) }
    public func lessEqual(_ other: Tensor) throws(TensorError) -> Tensor { try binary(CT_LESS_EQUAL, other) }
    public func greater(_ other: Tensor) throws(TensorError) -> Tensor { try binary(CT_GREATER, other) }
    public func greater(_ other: Double) throws(TensorError) -> Tensor { try binary(CT_GREATER, other) }
    public func logicalAnd(_ other: Tensor) throws(TensorError) -> Tensor { try binary(CT_AND, other) }

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
