// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import CTorch

extension Tensor {
    public func abs() throws(TensorError) -> Tensor { try unary(CT_ABS) }
    public func exp() throws(TensorError) -> Tensor { try unary(CT_EXP) }
    public func log() throws(TensorError) -> Tensor { try unary(CT_LOG) }
    public func sin() throws(TensorError) -> Tensor { try unary(CT_SIN) }
    public func cos() throws(TensorError) -> Tensor { try unary(CT_COS) }
    public func sqrt() throws(TensorError) -> Tensor { try unary(CT_SQRT) }
    /// One divided by the root of x.
    public func rsqrt() throws(TensorError) -> Tensor { try unary(CT_RSQRT) }
    public func reciprocal() throws(TensorError) -> Tensor { try unary(CT_RECIPROCAL) }
    public func sigmoid() throws(TensorError) -> Tensor { try unary(CT_SIGMOID) }
    public func tanh() throws(TensorError) -> Tensor { try unary(CT_TANH) }
    /// The product of x and sigmoid(x).
    public func silu() throws(TensorError) -> Tensor { try unary(CT_SILU) }
    public func relu() throws(TensorError) -> Tensor { try unary(CT_RELU) }
    public func floor() throws(TensorError) -> Tensor { try unary(CT_FLOOR) }
    public func ceil() throws(TensorError) -> Tensor { try unary(CT_CEIL) }
    /// To the nearest whole number, halves to the even one.
    public func round() throws(TensorError) -> Tensor { try unary(CT_ROUND) }
    public func square() throws(TensorError) -> Tensor { try unary(CT_SQUARE) }
    public func logicalNot() throws(TensorError) -> Tensor { try unary(CT_NOT) }
    public func isFinite() throws(TensorError) -> Tensor { try unary(CT_IS_FINITE) }

    public enum GELU: Sendable {
        case exact
        /// The approximation by tanh that many checkpoints were trained with.
        case tanh
    }

    public func gelu(_ form: GELU = .exact) throws(TensorError) -> Tensor {
        try unary(form == .exact ? CT_GELU : CT_GELU_TANH)
    }

    public func clamp(_ low: Double, _ high: Double) throws(TensorError) -> Tensor {
        try Tensor.make(self) { ct_clamp($0, low, high, $1) }
    }

    public func pow(_ exponent: Double) throws(TensorError) -> Tensor { try binary(CT_POWER, exponent) }
    public func pow(_ exponent: Tensor) throws(TensorError) -> Tensor { try binary(CT_POWER, exponent) }
    /// base to the power of each element.
    public static func pow(_ base: Double, _ exponent: Tensor) throws(TensorError) -> Tensor {
        try exponent.binary(CT_POWER, swapped: base)
    }
    public func maximum(_ other: Tensor) throws(TensorError) -> Tensor { try binary(CT_MAXIMUM, other) }
    public func maximum(_ other: Double) throws(TensorError) -> Tensor { try binary(CT_MAXIMUM, other) }
    public func minimum(_ other: Tensor) throws(TensorError) -> Tensor { try binary(CT_MINIMUM, other) }
    public func minimum(_ other: Double) throws(TensorError) -> Tensor { try binary(CT_MINIMUM, other) }
    /// With the sign of the divisor, as in Python.
    public func remainder(_ other: Tensor) throws(TensorError) -> Tensor { try binary(CT_REMAINDER, other) }
    /// With the sign of the divisor, as in Python.
    public func remainder(_ other: Double) throws(TensorError) -> Tensor { try binary(CT_REMAINDER, other) }
    /// Rounded down.
    public func floorDivide(_ other: Tensor) throws(TensorError) -> Tensor { try binary(CT_FLOOR_DIVIDE, other) }
    /// Rounded down.
    public func floorDivide(_ other: Double) throws(TensorError) -> Tensor { try binary(CT_FLOOR_DIVIDE, other) }
    public func equal(_ other: Tensor) throws(TensorError) -> Tensor { try binary(CT_EQUAL, other) }
    public func equal(_ other: Double) throws(TensorError) -> Tensor { try binary(CT_EQUAL, other) }
    public func notEqual(_ other: Tensor) throws(TensorError) -> Tensor { try binary(CT_NOT_EQUAL, other) }
    public func notEqual(_ other: Double) throws(TensorError) -> Tensor { try binary(CT_NOT_EQUAL, other) }
    public func less(_ other: Tensor) throws(TensorError) -> Tensor { try binary(CT_LESS, other) }
    public func less(_ other: Double) throws(TensorError) -> Tensor { try binary(CT_LESS, other) }
    public func lessEqual(_ other: Tensor) throws(TensorError) -> Tensor { try binary(CT_LESS_EQUAL, other) }
    public func lessEqual(_ other: Double) throws(TensorError) -> Tensor { try binary(CT_LESS_EQUAL, other) }
    public func greater(_ other: Tensor) throws(TensorError) -> Tensor { try binary(CT_GREATER, other) }
    public func greater(_ other: Double) throws(TensorError) -> Tensor { try binary(CT_GREATER, other) }
    public func greaterEqual(_ other: Tensor) throws(TensorError) -> Tensor { try binary(CT_GREATER_EQUAL, other) }
    public func greaterEqual(_ other: Double) throws(TensorError) -> Tensor { try binary(CT_GREATER_EQUAL, other) }
    public func logicalAnd(_ other: Tensor) throws(TensorError) -> Tensor { try binary(CT_AND, other) }
    public func logicalOr(_ other: Tensor) throws(TensorError) -> Tensor { try binary(CT_OR, other) }

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
