// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

// A whole decoder, taken apart for computing single tokens; `decoder.cpp` checks, `decoder_step.cpp` computes.
#pragma once

#include <vector>

#include "matrix_rows.hpp"

namespace glyph {

struct DecoderBlock {
    const float *norm_before_attention, *norm_after_attention, *norm_before_mlp, *norm_after_mlp;
    MatrixRows query, key, value, output, gate_up, down;
};

struct Decoder {
    std::vector<DecoderBlock> blocks;
    const float *norm = nullptr;
    MatrixRows head;
    int64_t heads = 0, kv_heads = 0;
    float epsilon = 0;
    /// f32 or bf16: activations are rounded to it, and keys and values are stored in it.
    at::ScalarType type = at::kFloat;
    /// What the pointers point into.
    std::vector<at::Tensor> kept;
    /// Vectors of bf16, and their copies in f32 that the pointers mean. Training may change the originals in place, so
    /// that every step copies them anew.
    std::vector<std::pair<at::Tensor, at::Tensor>> widened;

    int64_t hidden() const { return blocks[0].query.width; }
    int64_t head_size() const { return blocks[0].query.rows / heads; }
    int64_t inner() const { return blocks[0].down.width; }
    int64_t groups() const { return heads / kv_heads; }
    /// Entries of a token's queries, keys and values.
    int64_t joint() const { return (heads + 2 * kv_heads) * head_size(); }
};

/// The keys and values of one sequence, [layers, 2, kv_heads, capacity, head_size], of which `length` positions count.
struct DecoderMemory {
    void *data;
    int64_t capacity, length;
};

/// One token for each sequence: inputs [sequences, hidden] of the decoder's type, cosines and sines [sequences, pairs].
/// Writes keys and values behind the sequences' positions, and logits [sequences, vocabulary].
void decoder_step(const Decoder &, const at::Tensor &x, const at::Tensor &cos, const at::Tensor &sin,
                  const std::vector<DecoderMemory> &memories, float *logits);

}  // namespace glyph

struct ct_decoder {
    glyph::Decoder value;
};
