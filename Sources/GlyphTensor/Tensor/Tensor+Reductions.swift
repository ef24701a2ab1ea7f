// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import CTorch

// Without dimensions everything is reduced to a tensor of one element and no dimension.
// Only the plain form of attention in tests needs `softmax`.
extension Tensor {
    package func sum(_ dims: [Int] = [], keepDims: Bool = false) throws(TensorError) -> Tensor {
        try reduce(CT_SUM, dims, keepDims)
    }

    package func mean(_ dims: [Int] = [], keepDims: Bool = false) throws(TensorError) -> Tensor {
        try reduce(CT_MEAN, dims, keepDims)
    }

    package func max(_ dims: [Int] = [], keepDims: Bool = false) throws(TensorError) -> Tensor {
        try reduce(CT_MAX, dims, keepDims)
    }

    package func min(_ dims: [Int] = [], keepDims: Bool = false) throws(TensorError) -> Tensor {
        try reduce(CT_MIN, dims, keepDims)
    }

    /// The root of the sum of squares.
    package func norm(_ dims: [Int] = [], keepDims: Bool = false) throws(TensorError) -> Tensor {
        try reduce(CT_NORM, dims, keepDims)
    }

    /// Whether all elements are other than zero.
    package func all() throws(TensorError) -> Tensor { try reduce(CT_ALL, [], false) }

    /// The index of the largest entry along a dimension; of equal ones, the first.
    package func argmax(_ dim: Int = -1, keepDims: Bool = false) throws(TensorError) -> Tensor {
        try Tensor.make(self) { ct_argmax($0, Int64(dim), keepDims, $1) }
    }

    package func softmax(_ dim: Int = -1) throws(TensorError) -> Tensor {
        try Tensor.make(self) { ct_softmax($0, Int64(dim), $1) }
    }

    private func reduce(_ op: Int, _ dims: [Int], _ keepDims: Bool) throws(TensorError) -> Tensor {
        try Tensor.make(self) { a, out in
            dims.withSizes { ct_reduce(ct_reduction(op), a, $0, $1, keepDims, out) }
        }
    }
}
