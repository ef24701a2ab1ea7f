// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import CTorch

/// The libtorch that runs, its threads and its devices.
package enum Runtime {
    /// The version of libtorch, such as "1.13.1".
    package static var version: String { String(cString: ct_version()) }

    /// Whether this processor multiplies bf16 matrices with instructions of its own.
    package static var hasFastBF16: Bool { ct_cpu_has_bf16() }

    /// Whether products of many vectors in f32 take each number as two of bf16, 16 bits of its 24: where the processor
    /// has matrix tiles, unless `GLYPH_EXACT_F32=1` is in the environment.
    package static var splitsF32: Bool { ct_cpu_splits_f32() }

    /// Threads that one operation may use.
    package static var threadCount: Int { Int(ct_thread_count()) }

    /// Numbers of threads that can be meant: OpenMP makes as many as it is told, and fails where memory ends.
    package static let threadCounts = 1...1024

    package static func setThreadCount(_ count: Int) throws(TensorError) {
        try TensorError.check(ct_set_thread_count(Int32(clamping: count)))
    }

    /// Sets how many threads the operations of the calling thread may use, for threads that share the processors.
    package static func setCallerThreadCount(_ count: Int) throws(TensorError) {
        try TensorError.check(ct_set_caller_thread_count(Int32(clamping: count)))
    }

    /// Lets libtorch multiply f32 matrices as bf16 with sums in f32, where the processor has instructions for it.
    ///
    /// libtorch 1.13 does not know how to on a processor; there and without the instructions nothing changes.
    package static func setNarrowProducts(_ narrow: Bool) throws(TensorError) {
        try TensorError.check(ct_set_narrow_products(narrow))
    }

    /// CUDA devices of a libtorch that was built for them, otherwise 0.
    package static var cudaDeviceCount: Int { Int(ct_cuda_device_count()) }

    /// Free and total bytes of a CUDA device.
    package static func memory(of device: Device) throws(TensorError) -> (free: Int, total: Int) {
        var free: Int64 = 0
        var total: Int64 = 0
        try TensorError.check(ct_cuda_memory(device.code, &free, &total))
        return (Int(free), Int(total))
    }

    /// Waits until the work queued on a device is done.
    package static func synchronize(_ device: Device) throws(TensorError) {
        try TensorError.check(ct_synchronize(device.code))
    }
}
