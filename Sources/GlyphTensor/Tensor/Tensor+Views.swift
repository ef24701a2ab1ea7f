// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import CTorch

// Views share storage with the tensor they are made from; only `reshape` and `contiguous` may copy.
extension Tensor {
    /// The elements in another shape; one size may be -1 and follows from the rest.
    package func reshape(_ shape: [Int]) throws(TensorError) -> Tensor {
        try Tensor.make(self) { a, out in shape.withSizes { ct_reshape(a, $0, $1, out) } }
    }

    /// The dimensions in another order.
    package func permute(_ order: [Int]) throws(TensorError) -> Tensor {
        try Tensor.make(self) { a, out in order.withSizes { ct_permute(a, $0, $1, out) } }
    }

    package func transpose(_ dim0: Int, _ dim1: Int) throws(TensorError) -> Tensor {
        try Tensor.make(self) { ct_transpose($0, Int64(dim0), Int64(dim1), $1) }
    }

    /// Repeats dimensions of size 1 without copying; -1 keeps a size.
    package func expand(_ shape: [Int]) throws(TensorError) -> Tensor {
        try Tensor.make(self) { a, out in shape.withSizes { ct_expand(a, $0, $1, out) } }
    }

    package func unsqueeze(_ dim: Int) throws(TensorError) -> Tensor {
        try Tensor.make(self) { ct_unsqueeze($0, Int64(dim), $1) }
    }

    package func squeeze(_ dim: Int) throws(TensorError) -> Tensor {
        try Tensor.make(self) { ct_squeeze($0, Int64(dim), $1) }
    }

    /// `length` entries of a dimension from `start`; out of range is an error.
    package func narrow(_ dim: Int, start: Int, length: Int) throws(TensorError) -> Tensor {
        try Tensor.make(self) { ct_narrow($0, Int64(dim), Int64(start), Int64(length), $1) }
    }

    /// The entries of a dimension in a range; out of range is an error.
    package func slice(_ dim: Int, _ range: Range<Int>) throws(TensorError) -> Tensor {
        try narrow(dim, start: range.lowerBound, length: range.count)
    }

    /// One entry of a dimension, which disappears.
    package func select(_ dim: Int, _ index: Int) throws(TensorError) -> Tensor {
        try Tensor.make(self) { ct_select($0, Int64(dim), Int64(index), $1) }
    }

    /// Parts of the given sizes, which must add up to the size of the dimension.
    package func split(_ sizes: [Int], dim: Int) throws(TensorError) -> [Tensor] {
        defer { withExtendedLifetime(self) {} }
        var handles = [OpaquePointer?](repeating: nil, count: sizes.count)
        let status = sizes.withSizes { ct_split(handle, $0, $1, Int64(dim), &handles) }
        try TensorError.check(status)
        return handles.compactMap { $0.map(Tensor.init(owning:)) }
    }

    /// The same elements in row-major order without gaps; itself, as a new handle, if they are so already.
    package func contiguous() throws(TensorError) -> Tensor { try Tensor.make(self) { ct_contiguous($0, $1) } }

    /// A copy with its own storage.
    package func clone() throws(TensorError) -> Tensor { try Tensor.make(self) { ct_clone($0, $1) } }

    /// The elements as another type.
    package func to(_ dtype: DType) throws(TensorError) -> Tensor {
        try Tensor.make(self) { ct_to($0, dtype.rawValue, ct_device_of($0), $1) }
    }

    /// The elements on another device, and as another type if one is given.
    package func to(_ device: Device, _ dtype: DType? = nil) throws(TensorError) -> Tensor {
        try Tensor.make(self) { ct_to($0, dtype?.rawValue ?? ct_dtype_of($0), device.code, $1) }
    }
}
