// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

// Attention.

#include "support.hpp"

using namespace glyph;

ct_status ct_attention(const ct_tensor *q, const ct_tensor *k, const ct_tensor *v, bool causal, int64_t query_offset,
                       const ct_tensor *cu_seqlens, double scale, ct_tensor **out) {
    return made("attention", {q, k, v, cu_seqlens}, out, [&] {
        const int64_t groups = q->value.size(1) / k->value.size(1), n = q->value.size(2), m = k->value.size(2);
        const double s = scale == 0 ? 1 / std::sqrt(static_cast<double>(q->value.size(3))) : scale;
        const at::Tensor keys = k->value.repeat_interleave(groups, 1), values = v->value.repeat_interleave(groups, 1);
        at::Tensor scores = at::matmul(q->value, keys.transpose(2, 3)).to(at::kFloat).mul(s);
        const auto options = at::TensorOptions(at::kLong).device(scores.device());
        if (causal) {
            const at::Tensor rows = at::arange(n, options).unsqueeze(1).add(query_offset), columns = at::arange(m, options);
            scores = scores.masked_fill(columns > rows, -INFINITY);
        }
        if (cu_seqlens) {
            const at::Tensor at = at::arange(n, options);
            const at::Tensor segment = at::searchsorted(cu_seqlens->value.to(at::kLong), at, false, true);
            scores = scores.masked_fill(segment.unsqueeze(1) != segment.unsqueeze(0), -INFINITY);
        }
        return at::matmul(scores.softmax(-1).to(values.scalar_type()), values);
    });
}
