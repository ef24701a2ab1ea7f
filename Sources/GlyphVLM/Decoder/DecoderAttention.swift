// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphTensor

/// What the tokens of a step may look back on.
enum AttentionMemory {
    /// Nothing but each other: whole sequences, with gradients where they are wanted.
    case none
    /// What the cache of the one sequence holds; the step's own keys and values join it.
    case chunk(SequenceCache)
    /// Each sequence of the batch is one token that looks back on a cache of its own.
    case steps([SequenceCache])
}

/// Causal attention in which groups of query heads share a key and value head.
struct DecoderAttention {
    private let query: Projection
    private let key: Projection
    private let value: Projection
    private let output: Matrix
    private let layer: Int
    private let headCount: Int
    private let headSize: Int

    /// A projection, cut into heads.
    private struct Projection {
        let weight: Matrix
        let bias: Tensor?
        let heads: Int

        init(_ c: TextConfiguration, heads: Int, _ w: ParameterScope) throws {
            self.heads = heads
            weight = try w.matrix("weight", [heads * c.headSize, c.hiddenSize])
            bias = c.hasAttentionBias ? try w("bias", [heads * c.headSize], .zeros) : nil
        }

        var stepPart: StepDecoder.Matrix { weight.stepPart(bias: bias) }

        /// [batch, seq, hidden] → [batch, heads, seq, size].
        func callAsFunction(_ x: Tensor) throws(TensorError) -> Tensor {
            try x.linear(weight, bias: bias).reshape([x.size(0), x.size(1), heads, -1]).transpose(1, 2)
        }
    }

    init(_ c: TextConfiguration, layer: Int, _ w: ParameterScope) throws {
        self.layer = layer
        headCount = c.headCount
        headSize = c.headSize
        query = try Projection(c, heads: c.headCount, w / "q_proj")
        key = try Projection(c, heads: c.keyValueHeadCount, w / "k_proj")
        value = try Projection(c, heads: c.keyValueHeadCount, w / "v_proj")
        output = try w.matrix("o_proj.weight", [c.hiddenSize, c.headCount * c.headSize])
    }

    /// The matrices as a ``StepDecoder`` takes them.
    var stepParts:
        (query: StepDecoder.Matrix, key: StepDecoder.Matrix, value: StepDecoder.Matrix, output: StepDecoder.Matrix)
    {
        (query.stepPart, key.stepPart, value.stepPart, output.stepPart())
    }

    /// [batch, seq, hidden] → [batch, seq, hidden].
    func callAsFunction(
        _ x: Tensor,
        _ rotation: Rotation,
        _ memory: AttentionMemory
    ) throws(TensorError) -> Tensor {
        let q = try query(x).rotary(cos: rotation.cos, sin: rotation.sin, pairs: .neighbours)
        let k = try key(x).rotary(cos: rotation.cos, sin: rotation.sin, pairs: .neighbours)
        let mixed = try attend(q, k, value(x), memory)  // [batch, heads, seq, size]
        return try mixed.transpose(1, 2).reshape([x.size(0), x.size(1), headCount * headSize]).linear(output)
    }

    private func attend(
        _ q: Tensor,
        _ k: Tensor,
        _ v: Tensor,
        _ memory: AttentionMemory
    ) throws(TensorError) -> Tensor {
        switch memory {
        case .none:
            return try Tensor.attention(query: q, key: k, value: v, mask: .causal(queryOffset: 0))
        case .chunk(let cache):
            let all = try cache.write(layer, keys: k, values: v)
            let mask = AttentionMask.causal(queryOffset: cache.count)
            return try Tensor.attention(query: q, key: all.keys, value: all.values, mask: mask)
        case .steps(let caches):
            var mixed: [Tensor] = []
            for (row, cache) in caches.enumerated() {
                let all = try cache.write(
                    layer,
                    keys: k.narrow(0, start: row, length: 1),
                    values: v.narrow(0, start: row, length: 1)
                )
                // The one query may see everything, so no mask is needed.
                let own = try q.narrow(0, start: row, length: 1)
                mixed.append(try Tensor.attention(query: own, key: all.keys, value: all.values))
            }
            return mixed.count == 1 ? mixed[0] : try Tensor.cat(mixed, dim: 0)
        }
    }
}
