// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import CTorch

extension Tensor {
    /// Elements with whatever the memory holds; for results that are written in full afterwards.
    package static func empty(
        _ shape: [Int],
        dtype: DType = .f32,
        device: Device = .cpu
    ) throws(TensorError) -> Tensor {
        try make { out in shape.withSizes { ct_empty($0, $1, dtype.rawValue, device.code, out) } }
    }

    package static func zeros(
        _ shape: [Int],
        dtype: DType = .f32,
        device: Device = .cpu
    ) throws(TensorError) -> Tensor {
        try full(shape, 0, dtype: dtype, device: device)
    }

    package static func ones(
        _ shape: [Int],
        dtype: DType = .f32,
        device: Device = .cpu
    ) throws(TensorError) -> Tensor {
        try full(shape, 1, dtype: dtype, device: device)
    }

    package static func full(
        _ shape: [Int],
        _ value: Double,
        dtype: DType = .f32,
        device: Device = .cpu
    ) throws(TensorError) -> Tensor {
        try make { out in shape.withSizes { ct_full($0, $1, value, dtype.rawValue, device.code, out) } }
    }

    /// The numbers start, start + step, … below `end`.
    package static func arange(
        _ start: Double = 0,
        _ end: Double,
        step: Double = 1,
        dtype: DType = .i64,
        device: Device = .cpu
    ) throws(TensorError) -> Tensor {
        try make { ct_arange(start, end, step, dtype.rawValue, device.code, $0) }
    }

    /// The whole numbers 0 ..< count.
    package static func arange(
        _ count: Int,
        dtype: DType = .i64,
        device: Device = .cpu
    ) throws(TensorError) -> Tensor {
        try arange(0, Double(count), dtype: dtype, device: device)
    }

    /// Copies numbers in row-major order; without a shape they form one dimension.
    package convenience init(_ values: [Float], _ shape: [Int]? = nil) throws(TensorError) {
        try self.init(copying: values, shape ?? [values.count], .f32)
    }

    package convenience init(_ values: [Int64], _ shape: [Int]? = nil) throws(TensorError) {
        try self.init(copying: values, shape ?? [values.count], .i64)
    }

    package convenience init(_ values: [Int], _ shape: [Int]? = nil) throws(TensorError) {
        try self.init(copying: values, shape ?? [values.count], .i64)
    }

    package convenience init(_ values: [Int32], _ shape: [Int]? = nil) throws(TensorError) {
        try self.init(copying: values, shape ?? [values.count], .i32)
    }

    package convenience init(_ values: [UInt8], _ shape: [Int]? = nil) throws(TensorError) {
        try self.init(copying: values, shape ?? [values.count], .u8)
    }

    package convenience init(_ values: [Bool], _ shape: [Int]? = nil) throws(TensorError) {
        try self.init(copying: values, shape ?? [values.count], .bool)
    }

    /// Copies raw bytes, in the machine's order, as elements of `dtype`.
    package convenience init(bytes: UnsafeRawBufferPointer, _ shape: [Int], dtype: DType) throws(TensorError) {
        var handle: OpaquePointer?
        let status = shape.withSizes { sizes, rank in
            ct_from_bytes(bytes.baseAddress, bytes.count, sizes, rank, dtype.rawValue, &handle)
        }
        try TensorError.check(status)
        guard let handle else { throw TensorError(.other, "the operation returned no tensor") }
        self.init(owning: handle)
    }

    private convenience init<Element>(copying values: [Element], _ shape: [Int], _ dtype: DType) throws(TensorError) {
        let made = values.withUnsafeBytes { bytes -> Result<OpaquePointer, TensorError> in
            var handle: OpaquePointer?
            let status = shape.withSizes { sizes, rank in
                ct_from_bytes(bytes.baseAddress, bytes.count, sizes, rank, dtype.rawValue, &handle)
            }
            do throws(TensorError) { try TensorError.check(status) } catch { return .failure(error) }
            guard let handle else { return .failure(TensorError(.other, "the operation returned no tensor")) }
            return .success(handle)
        }
        self.init(owning: try made.get())
    }

    /// A tensor over memory that `owner` holds, without a copy; the owner lives as long as the tensor or a view of it.
    ///
    /// The memory holds exactly the bytes of the shape; writing into the tensor writes into it.
    package static func over(
        _ memory: UnsafeRawBufferPointer,
        _ shape: [Int],
        dtype: DType,
        owner: any AnyObject & Sendable
    ) throws(TensorError) -> Tensor {
        var needed = dtype.byteCount
        for size in shape {
            let (product, overflow) = needed.multipliedReportingOverflow(by: size)
            guard !overflow, size >= 0 else {
                throw TensorError(.shape, "tensor over memory: the shape \(shape) is not possible")
            }
            needed = product
        }
        guard needed == memory.count else {
            throw TensorError(
                .shape,
                "tensor over memory: the shape \(shape) takes \(needed) bytes, but there are \(memory.count)"
            )
        }
        guard needed > 0, let start = memory.baseAddress else { return try empty(shape, dtype: dtype) }
        // Released by the shim, on whatever thread the last view is freed on.
        let context = Unmanaged.passRetained(owner).toOpaque()
        return try make { out in
            shape.withSizes { sizes, rank in
                ct_from_memory(
                    UnsafeMutableRawPointer(mutating: start),
                    sizes,
                    rank,
                    dtype.rawValue,
                    { context in
                        guard let context else { return }
                        Unmanaged<AnyObject>.fromOpaque(context).release()
                    },
                    context,
                    out
                )
            }
        }
    }
}
