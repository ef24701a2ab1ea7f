// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import CTorch

/// Which keys a query may see.
package enum AttentionMask {
    /// All of them.
    case none
    /// Query i sees keys 0 ... i + queryOffset; the offset is the number of cached keys before this chunk.
    case causal(queryOffset: Int)
    /// Each query sees its own segment only; [segments + 1] ends of segments from 0, whole numbers on the processor.
    case segments(Tensor)
}

extension Tensor {
    /// softmax(q · kᵀ · scale + mask) · v, without the whole score matrix in memory.
    ///
    /// - Parameters:
    ///   - query: [batch, heads, q, dim]
    ///   - key: [batch, kvHeads, k, dim]; heads is a multiple of kvHeads, and head h reads key head
    ///     h / (heads / kvHeads).
    ///   - value: As `key`.
    ///   - mask: What each query may see.
    ///   - scale: 1/√dim if not given.
    /// - Returns: [batch, heads, q, dim]; its transpose(1, 2) is contiguous where the own kernels ran.
    /// - Throws: If shapes or types do not match, or segments do not end at the length of query and key.
    package static func attention(
        query: Tensor,
        key: Tensor,
        value: Tensor,
        mask: AttentionMask = .none,
        scale: Double? = nil
    ) throws(TensorError) -> Tensor {
        var causal = false
        var offset = 0
        var ends: Tensor?
        switch mask {
        case .none: break
        case .causal(let queryOffset): (causal, offset) = (true, queryOffset)
        case .segments(let tensor): ends = tensor
        }
        return try make(query, key, value, ends) { q, k, v, ends, out in
            ct_attention(q, k, v, causal, Int64(offset), ends, scale ?? 0, out)
        }
    }
}
