// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import CTorch

/// An operation on tensors that could not be done.
///
/// The process and all operands are as they were before: a caller may free something, answer a request with an error
/// and go on.
package struct TensorError: Error, Sendable, Equatable, CustomStringConvertible {
    package enum Kind: Sendable {
        /// The memory for the result could not be had.
        case outOfMemory
        /// Sizes, dimensions or indices do not fit the operation.
        case shape
        /// A device is missing or failed, or the operands lie on different ones.
        case device
        case other
    }

    package let kind: Kind
    /// The operation, the type and shape of each operand, and the reason, as in "matmul(f32[2, 3], f32[4, 5]): …".
    package let message: String

    package init(_ kind: Kind, _ message: String) {
        self.kind = kind
        self.message = message
    }

    package var description: String { message }

    /// Throws the calling thread's last failure unless `status` says that there was none.
    @inline(__always)
    static func check(_ status: ct_status) throws(TensorError) {
        guard status == CT_OK else { throw TensorError(status: status) }
    }

    /// Makes this the calling thread's last failure, for the shim that called.
    func report() -> ct_status {
        let status =
            switch kind {
            case .outOfMemory: CT_OUT_OF_MEMORY
            case .shape: CT_SHAPE
            case .device: CT_DEVICE
            case .other: CT_ERROR
            }
        return ct_fail(ct_status(status), message)
    }

    private init(status: ct_status) {
        let message = String(cString: ct_last_error())
        switch Int(status) {
        case CT_OUT_OF_MEMORY: self.init(.outOfMemory, message)
        case CT_SHAPE: self.init(.shape, message)
        case CT_DEVICE: self.init(.device, message)
        default: self.init(.other, message)
        }
    }
}
