// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import CTorch

// Views share storage with the tensor they are made from; only `reshape` and `contiguous` may copy.
extension Tensor {
    /// The elements in another shape; one size may be -1 and follows from the rest.
    public func reshape(_ shape: [Int]) throws(TensorError) -> Tensor {
        try Tensor.make(self) { a, out in shape.withSizes { ct_reshape(a, $0, $1, out) } }
    }

    /// Joins the dimensions `from` to `to`, both included.
    public func flatten(from: Int = 0, to: Int = -1) throws(TensorError) -> Tensor {
        let shape = self.shape
        let first = from < 0 ? from + shape.count : from
        let last = to < 0 ? to + shape.count : to
        guard first >= 0, first <= last, last < shape.count else {
            throw TensorError(.shape, "flatten(\(dtype)\(shape)): there are no dimensions \(from) to \(to)")
        }
        return try reshape(shape[..<first] + [shape[first...last].reduce(1, *)] + shape[(last + 1)...])
    }

    /// The dimensions in another order.
    public func permute(_ order: [Int]) throws(TensorError) -> Tensor {
        try Tensor.make(self) { a, out in order.withSizes { ct_permute(a, $0, $1, out) } }
    }

    public func transpose(_ dim0: Int, _ dim1: Int) throws(TensorError) -> Tensor {
        try Tensor.make(self) { ct_transpose($0, Int64(dim0), Int64(dim1), $1) }
    }

    /// Repeats dimensions of size 1 without copying; -1 keeps a size.
    public func expand(_ shape: [Int]) throws(TensorError) -> Tensor {
        try Tensor.make(self) { a, out in shape.withSizes { ct_expand(a, $0, $1, out) } }
    }

    public func unsqueeze(_ dim: Int) throws(TensorError) -> Tensor {
        try Tensor.make(self) { ct_unsqueeze($0, Int64(dim), $1) }
    }

    public func squeeze(_ dim: Int) throws(TensorError) -> Tensor {
        try Tensor.make(self) { ct_squeeze($0, Int64(dim), $1) }
    }

    /// `length` entries of a dimension from `start`; out of range is an error.
    public func narrow(_ dim: Int, start: Int, length: Int) throws(TensorError) -> Tensor {
        try Tensor.make(self) { ct_narrow($0, Int64(dim), Int64(start), Int64(length), $1) }
    }

    /// The entries of a dimension in a range; out of range is an error.
    public func slice(_ dim: Int, _ range: Range<Int>) throws(TensorError) -> Tensor {
        try narrow(dim, start: range.lowerBound, length: range.count)
    }

    /// Every `step`th entry of a dimension from `start` up to `end`, clamped to the size as in Python.
    public func slice(_ dim: Int, from start: Int = 0, to end: Int = .max, step: Int) throws(TensorError) -> Tensor {
        try Tensor.make(self) { ct_slice($0, Int64(dim), Int64(start), Int64(end), Int64(step), $1) }
    }

    /// One entry of a dimension, which disappears.
    public func select(_ dim: Int, _ index: Int) throws(TensorError) -> Tensor {
        try Tensor.make(self) { ct_select($0, Int64(dim), Int64(index), $1) }
    }

    /// Sliding windows over a dimension, in a new last dimension.
    public func unfold(_ dim: Int, size: Int, step: Int) throws(TensorError) -> Tensor {
        try Tensor.make(self) { ct_unfold($0, Int64(dim), Int64(size), Int64(step), $1) }
    }

    /// Parts of the given sizes, which must add up to the size of the dimension.
    public func split(_ sizes: [Int], dim: Int) throws(TensorError) -> [Tensor] {
        defer { withExtendedLifetime(self) {} }
        var handles = [OpaquePointer?](repeating: nil, count: sizes.count)
        let status = sizes.withSizes { ct_split(handle, $0, $1, Int64(dim), &handles) }
        try TensorError.check(status)
        return handles.compactMap { $0.map(Tensor.init(owning:)) }
    }

    /// `count` parts of equal size.
    public func chunk(_ count: Int, dim: Int) throws(TensorError) -> [Tensor] {
        let shape = self.shape
        let index = dim < 0 ? dim + shape.count : dim
        guard shape.indices.contains(index), count > 0, shape[index] % count == 0 else {
            throw TensorError(.shape, "chunk(\(dtype)\(shape)): dimension \(dim) has no \(count) equal parts")
        }
        return try split([Int](repeating: shape[index] / count, count: count), dim: dim)
    }

    /// The same elements in row-major order without gaps; itself, as a new handle, if they are so already.
    public func contiguous() throws(TensorError) -> Tensor { try Tensor.make(self) { ct_contiguous($0, $1) } }

    /// A copy with its own storage.
    public func clone() throws(TensorError) -> Tensor { try Tensor.make(self) { ct_clone($0, $1) } }

    /// The elements as another type.
    public func to(_ dtype: DType) throws(TensorError) -> Tensor {
        try Tensor.make(self) { ct_to($0, dtype.rawValue, ct_device_of($0), $1) }
    }

    /// The elements on another device, and as another type if one is given.
    public func to(_ device: Device, _ dtype: DType? = nil) throws(TensorError) -> Tensor {
        try Tensor.make(self) { ct_to($0, dtype?.rawValue ?? ct_dtype_of($0), device.code, $1) }
    }
}
