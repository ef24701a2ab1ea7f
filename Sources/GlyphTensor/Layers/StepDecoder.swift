// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import CTorch

/// A decoder's layers as one call for single tokens, on the processor.
///
/// Decoding reads every weight once for a token, and between the short products of a small model the time goes into
/// calls, temporary tensors and handing work to threads. Here one call goes through all blocks. It computes what the
/// separate operations compute, in the same order; the parts share their memory with the tensors given.
///
/// The blocks are those of GLM-4: a norm before and a norm after both attention and the gated layer, and rotations of
/// neighbouring pairs.
package final class StepDecoder {
    /// A matrix [out, in] that vectors are multiplied by.
    package struct Matrix {
        var values: Tensor
        var scales: Tensor?
        var bias: Tensor?

        package init(_ values: Tensor, bias: Tensor? = nil) {
            self.values = values
            self.bias = bias
        }

        package init(_ weight: Int8Weight, bias: Tensor? = nil) {
            values = weight.values
            scales = weight.scales
            self.bias = bias
        }

        var c: ct_matrix { ct_matrix(values: values.handle, scales: scales?.handle, bias: bias?.handle) }
    }

    /// The weights of one block; norms are [hidden].
    package struct Block {
        var norms: (beforeAttention: Tensor, afterAttention: Tensor, beforeMLP: Tensor, afterMLP: Tensor)
        var attention: (query: Matrix, key: Matrix, value: Matrix, output: Matrix)
        var mlp: (gateAndUp: Matrix, down: Matrix)

        package init(
            norms: (beforeAttention: Tensor, afterAttention: Tensor, beforeMLP: Tensor, afterMLP: Tensor),
            attention: (query: Matrix, key: Matrix, value: Matrix, output: Matrix),
            mlp: (gateAndUp: Matrix, down: Matrix)
        ) {
            self.norms = norms
            self.attention = attention
            self.mlp = mlp
        }

        var c: ct_decoder_block {
            ct_decoder_block(
                norm_before_attention: norms.beforeAttention.handle,
                norm_after_attention: norms.afterAttention.handle,
                norm_before_mlp: norms.beforeMLP.handle,
                norm_after_mlp: norms.afterMLP.handle,
                query: attention.query.c,
                key: attention.key.c,
                value: attention.value.c,
                output: attention.output.c,
                gate_up: mlp.gateAndUp.c,
                down: mlp.down.c
            )
        }
    }

    /// The keys and values of one sequence.
    package struct Memory {
        var storage: Tensor
        var length: Int

        /// - Parameters:
        ///   - storage: [layers, 2, key heads, capacity, head size], contiguous, in the decoder's type.
        ///   - length: The positions that count, fewer than the capacity.
        package init(storage: Tensor, length: Int) {
            self.storage = storage
            self.length = length
        }
    }

    private let handle: OpaquePointer

    /// Puts a decoder together; it computes in the type of `norm`, f32 or bf16.
    ///
    /// - Throws: If shapes do not match, or a part is not in the processor's memory.
    package init(
        _ blocks: [Block],
        norm: Tensor,
        head: Matrix,
        heads: Int,
        keyValueHeads: Int,
        epsilon: Double
    ) throws(TensorError) {
        var made: OpaquePointer?
        // The C side takes shares of all tensors before the call returns; until then `blocks` and `head` hold them.
        let status = withExtendedLifetime((blocks, norm, head)) {
            var headParts = head.c
            return blocks.map(\.c).withUnsafeBufferPointer { parts in
                ct_decoder_new(
                    parts.baseAddress,
                    Int64(parts.count),
                    norm.handle,
                    &headParts,
                    Int64(heads),
                    Int64(keyValueHeads),
                    epsilon,
                    &made
                )
            }
        }
        try TensorError.check(status)
        guard let made else { throw TensorError(.other, "decoder: nothing was made") }
        handle = made
    }

    deinit { ct_decoder_free(handle) }

    /// One token for each of a few sequences; writes its keys and values behind those of each memory.
    ///
    /// - Parameters:
    ///   - x: The tokens' vectors, [sequences, hidden].
    ///   - cos: Cosines of the tokens' angles, [sequences, pairs].
    ///   - sin: Sines, in the shape of `cos`.
    ///   - memories: One for each sequence.
    /// - Returns: Logits, f32 [sequences, vocabulary].
    /// - Throws: If shapes or types do not match, or a memory is full; nothing was written then.
    package func callAsFunction(
        _ x: Tensor,
        cos: Tensor,
        sin: Tensor,
        _ memories: [Memory]
    ) throws(TensorError) -> Tensor {
        guard x.rank == 2, x.size(0) == memories.count else {
            throw TensorError(.shape, "decoder_step(\(x)): the input must have the shape [\(memories.count), hidden]")
        }
        return try Tensor.make(x, cos, sin) { x, cos, sin, out in
            Tensor.withHandles(memories.map(\.storage)) { storages, _ in
                memories.map { Int64($0.length) }.withUnsafeBufferPointer { lengths in
                    ct_decoder_step(self.handle, x, cos, sin, storages, lengths.baseAddress, out)
                }
            }
        }
    }
}
