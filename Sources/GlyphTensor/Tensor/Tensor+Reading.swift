// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import CTorch

extension Tensor {
    /// All elements in row-major order, converted to `Float`.
    package func floats() throws(TensorError) -> [Float] { try elements(.f32) }

    /// All elements in row-major order, converted to `Int64`.
    package func int64s() throws(TensorError) -> [Int64] { try elements(.i64) }

    /// All elements in row-major order, converted to `Int`.
    package func ints() throws(TensorError) -> [Int] { try elements(.i64) }

    /// All elements in row-major order, as the bytes of their own type.
    package func bytes() throws(TensorError) -> [UInt8] {
        let dtype = self.dtype
        return try copyOut(as: dtype, count: count * dtype.byteCount)
    }

    /// The only element as a number.
    package func item() throws(TensorError) -> Double {
        guard count == 1 else { throw TensorError(.shape, "item(\(dtype)\(shape)): there must be one element") }
        let values: [Double] = try elements(.f64)
        return values[0]
    }

    private func elements<Element>(_ dtype: DType) throws(TensorError) -> [Element] {
        try copyOut(as: dtype, count: count)
    }

    private func copyOut<Element>(as dtype: DType, count: Int) throws(TensorError) -> [Element] {
        defer { withExtendedLifetime(self) {} }
        var status = ct_status(0)
        let result = [Element](unsafeUninitializedCapacity: count) { buffer, filled in
            let bytes = UnsafeMutableRawBufferPointer(buffer)
            let size = count * MemoryLayout<Element>.stride
            status = ct_copy_out(handle, dtype.rawValue, bytes.baseAddress, size)
            filled = status == 0 ? count : 0
        }
        try TensorError.check(status)
        return result
    }
}
