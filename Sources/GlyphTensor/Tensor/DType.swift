// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import CTorch

/// The type of a tensor's elements.
package enum DType: Int32, Sendable, Hashable, CaseIterable, CustomStringConvertible {
    case f32 = 0
    case bf16 = 1
    case f16 = 2
    case i64 = 3
    case i32 = 4
    case u8 = 5
    case i8 = 6
    case bool = 7
    case f64 = 8
    case i16 = 9

    /// Bytes that one element takes.
    package var byteCount: Int {
        switch self {
        case .u8, .i8, .bool: 1
        case .bf16, .f16, .i16: 2
        case .f32, .i32: 4
        case .i64, .f64: 8
        }
    }

    /// Whether elements are numbers with a fraction, for which gradients exist.
    package var isFloatingPoint: Bool {
        switch self {
        case .f32, .bf16, .f16, .f64: true
        default: false
        }
    }

    package var description: String {
        switch self {
        case .f32: "f32"
        case .bf16: "bf16"
        case .f16: "f16"
        case .i64: "i64"
        case .i32: "i32"
        case .u8: "u8"
        case .i8: "i8"
        case .bool: "bool"
        case .f64: "f64"
        case .i16: "i16"
        }
    }
}
