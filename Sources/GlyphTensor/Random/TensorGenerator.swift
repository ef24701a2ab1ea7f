// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import CTorch

/// A seeded source of random tensors: the same seed and calls give the same numbers.
///
/// Nothing in this module draws without being handed one. CPU and CUDA generators draw different numbers.
public final class TensorGenerator {
    let handle: OpaquePointer

    public init(seed: UInt64, device: Device = .cpu) throws(TensorError) {
        var handle: OpaquePointer?
        try TensorError.check(ct_generator_new(seed, device.code, &handle))
        guard let handle else { throw TensorError(.other, "the generator could not be made") }
        self.handle = handle
    }

    deinit { ct_generator_free(handle) }

    /// Normal numbers with mean 0 and standard deviation 1.
    public func normal(_ shape: [Int], dtype: DType = .f32) throws(TensorError) -> Tensor {
        defer { withExtendedLifetime(self) {} }
        return try Tensor.make { out in shape.withSizes { ct_random_normal($0, $1, dtype.rawValue, handle, out) } }
    }

    /// Numbers in 0 ..< 1.
    public func uniform(_ shape: [Int], dtype: DType = .f32) throws(TensorError) -> Tensor {
        defer { withExtendedLifetime(self) {} }
        return try Tensor.make { out in shape.withSizes { ct_random_uniform($0, $1, dtype.rawValue, handle, out) } }
    }

    /// Whole numbers in a range.
    public func integers(
        _ range: Range<Int>,
        _ shape: [Int],
        dtype: DType = .i64
    ) throws(TensorError) -> Tensor {
        defer { withExtendedLifetime(self) {} }
        return try Tensor.make { out in
            shape.withSizes {
                ct_random_integers(
                    Int64(range.lowerBound),
                    Int64(range.upperBound),
                    $0,
                    $1,
                    dtype.rawValue,
                    handle,
                    out
                )
            }
        }
    }

    /// The numbers 0 ..< count in random order.
    public func permutation(_ count: Int) throws(TensorError) -> Tensor {
        defer { withExtendedLifetime(self) {} }
        return try Tensor.make { ct_random_permutation(Int64(count), handle, $0) }
    }

    /// `count` indices drawn with the given weights, from each row of [rows, n] or from [n].
    public func multinomial(
        _ weights: Tensor,
        count: Int,
        replacement: Bool = true
    ) throws(TensorError) -> Tensor {
        defer { withExtendedLifetime(self) {} }
        return try Tensor.make(weights) { ct_multinomial($0, Int64(count), replacement, handle, $1) }
    }

    /// What the next draw depends on, to be stored in a checkpoint.
    public func state() throws(TensorError) -> Tensor {
        defer { withExtendedLifetime(self) {} }
        return try Tensor.make { ct_generator_state(handle, $0) }
    }

    public func restore(_ state: Tensor) throws(TensorError) {
        defer { withExtendedLifetime(self) {} }
        try Tensor.run(state) { ct_generator_set_state(handle, state.handle) }
    }
}
