// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import CTorch

/// Where a tensor's elements lie and its operations run.
package enum Device: Sendable, Hashable, CustomStringConvertible {
    case cpu
    /// The CUDA device with this number.
    case cuda(Int)

    /// The first CUDA device if the libtorch at hand has one, otherwise the processor.
    package static var best: Device { Runtime.cudaDeviceCount > 0 ? .cuda(0) : .cpu }

    package var description: String {
        switch self {
        case .cpu: "cpu"
        case .cuda(let index): "cuda:\(index)"
        }
    }

    var code: Int32 {
        switch self {
        case .cpu: -1
        case .cuda(let index): Int32(clamping: max(index, 0))
        }
    }

    init(code: Int32) { self = code < 0 ? .cpu : .cuda(Int(code)) }
}
