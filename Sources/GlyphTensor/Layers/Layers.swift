// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import CTorch

extension Tensor {
    /// Root-mean-square norm over the last dimension.
    ///
    /// As the reference rounds: statistics in f32, x · rsqrt(mean x² + ε) rounded to the type of x, then times weight.
    package func rmsNorm(_ weight: Tensor, epsilon: Double) throws(TensorError) -> Tensor {
        try Tensor.make(self, weight) { ct_rms_norm($0, $1, epsilon, $2) }
    }

    package func layerNorm(
        _ weight: Tensor? = nil,
        bias: Tensor? = nil,
        epsilon: Double = 1e-5
    ) throws(TensorError) -> Tensor {
        try Tensor.make(self, weight, bias) { ct_layer_norm($0, $1, $2, epsilon, $3) }
    }

    /// The gated product silu(self) · up.
    package func siluMultiply(_ up: Tensor) throws(TensorError) -> Tensor {
        try Tensor.make(self, up) { ct_silu_multiply($0, $1, $2) }
    }

    /// Which two entries of a head a rotation turns.
    package enum RotaryPairs: Sendable {
        /// Entries i and i + n.
        case halves
        /// Entries 2i and 2i + 1.
        case neighbours
    }

    /// Turns the first 2n entries of each head of self [batch, heads, seq, dim], n ≤ dim/2; the rest stays.
    ///
    /// - Parameters:
    ///   - cos: Cosines of the angles, [seq, n] or [batch, seq, n]: one for each pair, not repeated.
    ///   - sin: Sines, in the shape of `cos`.
    ///   - pairs: Which two entries an angle turns.
    /// - Returns: A contiguous tensor in the shape of self.
    /// - Throws: If shapes do not match.
    package func rotary(cos: Tensor, sin: Tensor, pairs: RotaryPairs) throws(TensorError) -> Tensor {
        try Tensor.make(self, cos, sin) { ct_rotary($0, $1, $2, pairs == .neighbours, $3) }
    }

    /// Samples self [batch, channels, h, w] bicubically at grid [batch, oh, ow, 2].
    ///
    /// A grid point is (x, y), and -1 and 1 are the edges of the picture; beyond them lies what is at the edge.
    package func gridSample(_ grid: Tensor) throws(TensorError) -> Tensor {
        try Tensor.make(self, grid) { ct_grid_sample($0, $1, $2) }
    }

    /// Mean of -log softmax(self)[target] over the rows whose target is not `ignoreIndex`, computed in f32.
    ///
    /// Targets are classes [n] for self [n, classes].
    package func crossEntropy(_ targets: Tensor, ignoreIndex: Int = -100) throws(TensorError) -> Tensor {
        try Tensor.make(self, targets) { ct_cross_entropy($0, $1, Int64(ignoreIndex), $2) }
    }
}
