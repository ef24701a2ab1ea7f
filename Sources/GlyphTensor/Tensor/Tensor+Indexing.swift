// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import CTorch

// Only the plain form of attention in tests needs `maskedFill` and `repeatInterleave`.
extension Tensor {
    /// The entries of a dimension that `index` (one dimension of whole numbers) names, in its order.
    package func indexSelect(_ dim: Int, _ index: Tensor) throws(TensorError) -> Tensor {
        try Tensor.make(self, index) { ct_index_select($0, Int64(dim), $1, $2) }
    }

    /// A copy in which the entries that `index` names are those of `source`.
    package func indexCopy(_ dim: Int, _ index: Tensor, _ source: Tensor) throws(TensorError) -> Tensor {
        try Tensor.make(self, index, source) { ct_index_copy($0, Int64(dim), $1, $2, $3) }
    }

    package func maskedFill(_ mask: Tensor, _ value: Double) throws(TensorError) -> Tensor {
        try Tensor.make(self, mask) { ct_masked_fill($0, $1, value, $2) }
    }

    package static func cat(_ tensors: [Tensor], dim: Int) throws(TensorError) -> Tensor {
        try make { out in withHandles(tensors) { ct_cat($0, $1, Int64(dim), out) } }
    }

    /// Joins along a new dimension.
    package static func stack(_ tensors: [Tensor], dim: Int) throws(TensorError) -> Tensor {
        try make { out in withHandles(tensors) { ct_stack($0, $1, Int64(dim), out) } }
    }

    /// Each entry of a dimension `repeats` times in a row.
    package func repeatInterleave(_ repeats: Int, dim: Int) throws(TensorError) -> Tensor {
        try Tensor.make(self) { ct_repeat_interleave($0, Int64(repeats), Int64(dim), $1) }
    }
}

// MARK: - Writing into storage

// For caches and optimisers. Views see the change; tensors that record gradients refuse it.
extension Tensor {
    /// Overwrites the elements, converting type and device, and broadcasting.
    package func copy(from source: Tensor) throws(TensorError) {
        try Tensor.run(self, source) { ct_copy_into(handle, source.handle) }
    }

    package func fill(_ value: Double) throws(TensorError) {
        try Tensor.run(self) { ct_fill_into(handle, value) }
    }

    /// Sets self to scale · self + factor · other.
    package func accumulate(_ other: Tensor, factor: Double = 1, scale: Double = 1) throws(TensorError) {
        try Tensor.run(self, other) { ct_scale_add_into(handle, scale, other.handle, factor) }
    }

    /// Sets self to scale · self + factor · a · b.
    package func accumulate(product a: Tensor, _ b: Tensor, factor: Double = 1, scale: Double = 1) throws(TensorError) {
        try Tensor.run(self, a, b) { ct_multiply_add_into(handle, scale, a.handle, b.handle, factor) }
    }

    /// Sets self to self + factor · a / b.
    package func accumulate(quotient a: Tensor, _ b: Tensor, factor: Double = 1) throws(TensorError) {
        try Tensor.run(self, a, b) { ct_divide_add_into(handle, a.handle, b.handle, factor) }
    }
}
