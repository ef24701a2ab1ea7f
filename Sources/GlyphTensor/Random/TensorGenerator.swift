// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import CTorch

/// A seeded source of random tensors: the same seed and calls give the same numbers.
///
/// Nothing in this module draws without being handed one. CPU and CUDA generators draw different numbers.
package final class TensorGenerator {
    let handle: OpaquePointer

    package init(seed: UInt64, device: Device = .cpu) throws(TensorError) {
        var handle: OpaquePointer?
        try TensorError.check(ct_generator_new(seed, device.code, &handle))
        guard let handle else { throw TensorError(.other, "the generator could not be made") }
        self.handle = handle
    }

    deinit { ct_generator_free(handle) }

    /// Normal numbers with mean 0 and standard deviation 1.
    package func normal(_ shape: [Int], dtype: DType = .f32) throws(TensorError) -> Tensor {
        defer { withExtendedLifetime(self) {} }
        return try Tensor.make { out in shape.withSizes { ct_random_normal($0, $1, dtype.rawValue, handle, out) } }
    }
}
