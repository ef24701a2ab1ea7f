// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import CTorch

// Shapes broadcast as in NumPy: sizes are compared from the last dimension, and a size of 1 stretches.
extension Tensor {
    package static func + (a: Tensor, b: Tensor) throws(TensorError) -> Tensor { try a.binary(CT_ADD, b) }
    package static func + (a: Tensor, b: Double) throws(TensorError) -> Tensor { try a.binary(CT_ADD, b) }
    package static func + (a: Double, b: Tensor) throws(TensorError) -> Tensor { try b.binary(CT_ADD, swapped: a) }

    package static func - (a: Tensor, b: Tensor) throws(TensorError) -> Tensor { try a.binary(CT_SUBTRACT, b) }
    package static func - (a: Tensor, b: Double) throws(TensorError) -> Tensor { try a.binary(CT_SUBTRACT, b) }
    package static func - (a: Double, b: Tensor) throws(TensorError) -> Tensor { try b.binary(CT_SUBTRACT, swapped: a) }

    package static func * (a: Tensor, b: Tensor) throws(TensorError) -> Tensor { try a.binary(CT_MULTIPLY, b) }
    package static func * (a: Tensor, b: Double) throws(TensorError) -> Tensor { try a.binary(CT_MULTIPLY, b) }
    package static func * (a: Double, b: Tensor) throws(TensorError) -> Tensor { try b.binary(CT_MULTIPLY, swapped: a) }

    package static func / (a: Tensor, b: Tensor) throws(TensorError) -> Tensor { try a.binary(CT_DIVIDE, b) }
    package static func / (a: Tensor, b: Double) throws(TensorError) -> Tensor { try a.binary(CT_DIVIDE, b) }
    package static func / (a: Double, b: Tensor) throws(TensorError) -> Tensor { try b.binary(CT_DIVIDE, swapped: a) }

    package static prefix func - (a: Tensor) throws(TensorError) -> Tensor { try a.unary(CT_NEGATE) }
}
