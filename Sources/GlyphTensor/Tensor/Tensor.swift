// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import CTorch

/// An n-dimensional array of numbers on a device, with the gradient record that training needs.
///
/// The one owner of one handle of the C shim. Views share storage, so writing into one (``copy(from:)``, ``fill(_:)``)
/// shows in the others; every other operation makes a new tensor. Not `Sendable`: a tensor belongs to one task at a
/// time. Operations are `throws(TensorError)`; one `try` covers a statement of any length.
package final class Tensor {
    let handle: OpaquePointer

    /// Takes over a handle with its count (+1).
    init(owning handle: OpaquePointer) { self.handle = handle }

    deinit { ct_free(handle) }

    /// The sizes of all dimensions.
    package var shape: [Int] {
        let rank = self.rank
        return [Int](unsafeUninitializedCapacity: rank) { buffer, count in
            buffer.withMemoryRebound(to: Int64.self) { sizes in
                guard let start = sizes.baseAddress else { return }
                ask { ct_sizes($0, start) }
            }
            count = rank
        }
    }

    /// The size of one dimension; a negative number counts from the last.
    ///
    /// Traps on a dimension that does not exist.
    package func size(_ dim: Int) -> Int {
        let shape = self.shape
        return shape[dim < 0 ? shape.count + dim : dim]
    }

    package var rank: Int { Int(ask(ct_rank)) }
    /// The number of elements.
    package var count: Int { Int(ask(ct_count)) }
    package var byteCount: Int { count * dtype.byteCount }
    package var dtype: DType { DType(rawValue: ask(ct_dtype_of)) ?? .f32 }
    package var device: Device { Device(code: ask(ct_device_of)) }

    /// Asks the shim about the tensor, which outlives the call.
    @inline(__always)
    private func ask<Result>(_ call: (OpaquePointer) -> Result) -> Result {
        withExtendedLifetime(self) { call(handle) }
    }
}

extension Tensor: CustomStringConvertible {
    /// Type, shape and device, as in "bf16[1, 12, 64] on cpu", but never the elements, which may be many.
    package var description: String { "\(dtype)\(shape) on \(device)" }
}

// MARK: - Calls into the shim

/// Where a C function puts the handle that it makes.
typealias Out = UnsafeMutablePointer<OpaquePointer?>

extension Tensor {
    /// Makes a tensor by a call without operands.
    @inline(__always)
    static func make(_ call: (Out) -> ct_status) throws(TensorError) -> Tensor {
        var handle: OpaquePointer?
        try TensorError.check(call(&handle))
        guard let handle else { throw TensorError(.other, "the operation returned no tensor") }
        return Tensor(owning: handle)
    }

    // The operands must outlive the call: the optimiser may release an object after the last read of its `handle`.

    @inline(__always)
    static func make(_ a: Tensor, _ call: (OpaquePointer, Out) -> ct_status) throws(TensorError) -> Tensor {
        defer { withExtendedLifetime(a) {} }
        return try make { call(a.handle, $0) }
    }

    @inline(__always)
    static func make(
        _ a: Tensor,
        _ b: Tensor?,
        _ call: (OpaquePointer, OpaquePointer?, Out) -> ct_status
    ) throws(TensorError) -> Tensor {
        defer { withExtendedLifetime((a, b)) {} }
        return try make { call(a.handle, b?.handle, $0) }
    }

    @inline(__always)
    static func make(
        _ a: Tensor,
        _ b: Tensor?,
        _ c: Tensor?,
        _ call: (OpaquePointer, OpaquePointer?, OpaquePointer?, Out) -> ct_status
    ) throws(TensorError) -> Tensor {
        defer { withExtendedLifetime((a, b, c)) {} }
        return try make { call(a.handle, b?.handle, c?.handle, $0) }
    }

    @inline(__always)
    static func make(
        _ a: Tensor,
        _ b: Tensor?,
        _ c: Tensor?,
        _ d: Tensor?,
        _ call: (OpaquePointer, OpaquePointer?, OpaquePointer?, OpaquePointer?, Out) -> ct_status
    ) throws(TensorError) -> Tensor {
        defer { withExtendedLifetime((a, b, c, d)) {} }
        return try make { call(a.handle, b?.handle, c?.handle, d?.handle, $0) }
    }

    /// Makes two tensors by one call.
    static func makePair(
        _ a: Tensor,
        _ call: (OpaquePointer, Out, Out) -> ct_status
    ) throws(TensorError) -> (Tensor, Tensor) {
        defer { withExtendedLifetime(a) {} }
        var first: OpaquePointer?
        var second: OpaquePointer?
        try TensorError.check(call(a.handle, &first, &second))
        guard let first, let second else { throw TensorError(.other, "the operation returned no tensors") }
        return (Tensor(owning: first), Tensor(owning: second))
    }

    /// Runs a call that writes into a tensor.
    static func run(
        _ tensors: Tensor?...,
        call: () -> ct_status
    ) throws(TensorError) {
        defer { withExtendedLifetime(tensors) {} }
        try TensorError.check(call())
    }

    /// Passes the handles of a list of tensors.
    static func withHandles<Result>(
        _ tensors: [Tensor],
        _ body: (UnsafePointer<OpaquePointer?>?, Int64) -> Result
    ) -> Result {
        defer { withExtendedLifetime(tensors) {} }
        let handles: [OpaquePointer?] = tensors.map(\.handle)
        return handles.withUnsafeBufferPointer { body($0.baseAddress, Int64($0.count)) }
    }
}

extension [Int] {
    /// The numbers as C takes them.
    @inline(__always)
    func withSizes<Result>(_ body: (UnsafePointer<Int64>?, Int64) -> Result) -> Result {
        withUnsafeBufferPointer { buffer in
            buffer.withMemoryRebound(to: Int64.self) { body($0.baseAddress, Int64($0.count)) }
        }
    }
}
