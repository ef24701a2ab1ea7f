// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

// The entry to attention: checks, and the choice of a form.

#include "attention.hpp"

#include <torch/csrc/api/include/torch/version.h>

#include "kernels/tiles.hpp"

#define GLYPH_HAS_LIBRARY_ATTENTION (TORCH_VERSION_MAJOR >= 2)

using namespace glyph;

namespace glyph {

namespace {

Attention checked(const ct_tensor *q, const ct_tensor *k, const ct_tensor *v, bool causal, int64_t offset,
                  const ct_tensor *ends, double scale) {
    Attention a{q->value, k->value, v->value, causal, offset, optional(ends), scale};
    TORCH_CHECK(a.q.dim() == 4 && a.k.dim() == 4 && a.k.sizes() == a.v.sizes() && a.k.size(0) == a.q.size(0) &&
                    a.k.size(3) == a.q.size(3) && a.k.size(1) > 0 && a.heads() % a.kv_heads() == 0,
                "the shapes of query [batch, heads, q, dim], key and value [batch, kv_heads, k, dim] must match, and "
                "heads must be a multiple of kv_heads");
    TORCH_CHECK(a.q.scalar_type() == a.k.scalar_type() && a.k.scalar_type() == a.v.scalar_type() &&
                    a.q.is_floating_point(),
                "query, key and value must be of one floating-point type");
    TORCH_CHECK(a.keys() > 0 && a.width() > 0, "the shapes hold no key");
    TORCH_CHECK(offset >= 0, "the query offset must not be negative");
    if (scale == 0) a.scale = 1 / std::sqrt(static_cast<double>(a.width()));
    if (a.ends.defined()) {
        TORCH_CHECK(!causal, "segments and a causal mask do not go together");
        a.ends = a.ends.to(at::kCPU, at::kLong).contiguous();
        const int64_t *end = a.ends.data_ptr<int64_t>();
        const int64_t count = a.ends.numel();
        TORCH_CHECK(a.ends.dim() == 1 && count >= 2 && end[0] == 0 && end[count - 1] == a.queries() &&
                        a.queries() == a.keys() && std::is_sorted(end, end + count),
                    "the ends of segments must rise from 0 to the length of query and key");
    }
    return a;
}

/// The mask of scores [q, k] for a causal form; true where a key is seen.
at::Tensor causal_mask(const Attention &a) {
    const auto options = at::TensorOptions(at::kLong).device(a.q.device());
    return at::arange(a.keys(), options) <= at::arange(a.queries(), options).add(a.offset).unsqueeze(1);
}

/// One segment, or no segments at all.
at::Tensor library_form(const Attention &a) {
    const bool masked = a.causal && a.offset + 1 < a.keys();
    const at::Tensor keys = a.k.repeat_interleave(a.groups(), 1), values = a.v.repeat_interleave(a.groups(), 1);
#if GLYPH_HAS_LIBRARY_ATTENTION
    const bool square = masked && a.offset == 0 && a.queries() == a.keys();
    c10::optional<at::Tensor> mask;
    if (masked && !square) mask = causal_mask(a);
    return at::scaled_dot_product_attention(a.q, keys, values, mask, 0.0, square, a.scale);
#else
    at::Tensor scores = at::matmul(a.q, keys.transpose(2, 3)).to(at::kFloat).mul(a.scale);
    if (masked) scores = scores.masked_fill(causal_mask(a).logical_not(), -INFINITY);
    return at::matmul(scores.softmax(-1).to(values.scalar_type()), values);
#endif
}

/// The length of every segment, or 0 where they differ.
int64_t common_length(const Attention &a) {
    const int64_t *end = a.ends.data_ptr<int64_t>();
    for (int64_t index = 1; index < a.ends.numel(); ++index)
        if (end[index] - end[index - 1] != end[1]) return 0;
    return end[1];
}

/// Segments of one length, as the sequences of a batch.
at::Tensor segments_form(const Attention &a, int64_t length) {
    const int64_t batch = a.batch(), count = a.queries() / length;
    const auto apart = [&](const at::Tensor &t) {
        const int64_t heads = t.size(1), width = t.size(3);
        return t.reshape({batch, heads, count, length, width})
            .transpose(1, 2)
            .reshape({batch * count, heads, length, width});
    };
    return library_form({apart(a.q), apart(a.k), apart(a.v), false, 0, {}, a.scale})
        .reshape({batch, count, a.heads(), length, a.width()})
        .transpose(1, 2)
        .reshape({batch, a.heads(), a.queries(), a.width()});
}

bool has_kernels(const Attention &a) {
    const at::ScalarType type = a.q.scalar_type();
    return a.q.device().is_cpu() && (type == at::kFloat || type == at::kBFloat16) && has_plain_rows(a.q) &&
           has_plain_rows(a.k) && has_plain_rows(a.v);
}

}  // namespace

at::Tensor attend_by_library(const Attention &a) {
    if (!a.ends.defined()) return library_form(a);
    if (const int64_t length = common_length(a)) return segments_form(a, length);
    std::vector<at::Tensor> parts;
    const int64_t *end = a.ends.data_ptr<int64_t>();
    for (int64_t index = 1; index < a.ends.numel(); ++index) {
        const int64_t start = end[index - 1], length = end[index] - start;
        if (length == 0) continue;
        parts.push_back(library_form({a.q.narrow(2, start, length), a.k.narrow(2, start, length),
                                      a.v.narrow(2, start, length), false, 0, {}, a.scale}));
    }
    return parts.empty() ? at::empty_like(a.q) : at::cat(parts, 2);
}

at::Tensor attend(const Attention &a) {
    if (a.q.numel() == 0) return at::empty_like(a.q);
    if (!has_kernels(a)) return attend_by_library(a);
    if (!a.ends.defined() && a.queries() <= 4) return attend_few(a);
    const bool narrow = a.q.scalar_type() == at::kBFloat16;
    if (a.scale > 0 && (narrow ? has_tiles() : splits_f32())) return attend_tiled(a);
#if GLYPH_HAS_LIBRARY_ATTENTION
    // With bf16 instructions but no tiles the library's blocked form is faster; its causal form knows no offset.
    if (narrow && ct_cpu_has_bf16() && (!a.causal || a.offset == 0)) return attend_by_library(a);
#endif
    return attend_blocked(a);
}

}  // namespace glyph

ct_status ct_attention(const ct_tensor *q, const ct_tensor *k, const ct_tensor *v, bool causal, int64_t query_offset,
                       const ct_tensor *cu_seqlens, double scale, ct_tensor **out) {
    return made("attention", {q, k, v, cu_seqlens}, out, [&] {
        const Attention a = checked(q, k, v, causal, query_offset, cu_seqlens, scale);
        if (!records_gradient({a.q, a.k, a.v})) return attend(a);
        return a.q.device().is_cpu() ? attend_recorded(a) : attend_by_library(a);
    });
}
