// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

// Attention in its forms; `attention.cpp` chooses.
#pragma once

#include "support.hpp"

namespace glyph {

/// What `ct_attention` is asked for, checked.
struct Attention {
    at::Tensor q, k, v;  // [batch, heads, n, dim]
    bool causal;
    int64_t offset;
    at::Tensor ends;  // i64 on the processor, or undefined
    double scale;

    int64_t batch() const { return q.size(0); }
    int64_t heads() const { return q.size(1); }
    int64_t kv_heads() const { return k.size(1); }
    int64_t groups() const { return heads() / kv_heads(); }
    int64_t queries() const { return q.size(2); }
    int64_t keys() const { return k.size(2); }
    int64_t width() const { return q.size(3); }
};

/// One block of queries of one head, and the keys it sees.
struct AttentionTask {
    int64_t head, first, count, low, high;
};

/// Blocks of at most `block` queries, those with the most keys first.
std::vector<AttentionTask> attention_tasks(const Attention &, int64_t block);

/// A few queries over many keys, one pass over the cache. Processor; f32 or bf16.
at::Tensor attend_few(const Attention &);
/// Many queries, blocked. Processor; f32 or bf16.
at::Tensor attend_blocked(const Attention &);
/// Many queries, blocked, on matrix tiles. Processor that `has_tiles()`; bf16, or f32 if it `splits_f32()`; a positive
/// scale.
at::Tensor attend_tiled(const Attention &);
/// Remembers only its inputs and result; the backward pass computes scores again, block by block.
at::Tensor attend_recorded(const Attention &);
/// By libtorch's own operation, or composed of simple ones where it has none.
at::Tensor attend_by_library(const Attention &);
/// Without gradients, by the fastest of the above.
at::Tensor attend(const Attention &);

}  // namespace glyph
