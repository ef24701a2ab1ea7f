// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

// Attention that remembers its inputs only. The backward pass computes the scores again for a block of queries at a
// time, so that training on long pages needs no matrix of queries by keys either.

#include <torch/csrc/autograd/custom_function.h>

#include "attention.hpp"

namespace glyph {

namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

constexpr int64_t block_queries = 128;

/// Whether a key is hidden from queries first ..< last: [last - first, keys].
at::Tensor hidden(const Attention &a, int64_t first, int64_t last, int64_t keys) {
    const at::Tensor rows = at::arange(first, last, at::kLong), columns = at::arange(keys, at::kLong);
    if (a.causal) return columns > rows.add(a.offset).unsqueeze(1);
    if (!a.ends.defined()) return {};
    const at::Tensor of_row = at::searchsorted(a.ends, rows, false, true);
    return of_row.unsqueeze(1) != at::searchsorted(a.ends, columns, false, true);
}

struct AttentionFunction : torch::autograd::Function<AttentionFunction> {
    static at::Tensor forward(AutogradContext *context, const at::Tensor &q, const at::Tensor &k, const at::Tensor &v,
                              bool causal, int64_t offset, const at::Tensor &ends, double scale) {
        const at::Tensor out = attend({q, k, v, causal, offset, ends, scale});
        context->save_for_backward({q, k, v, out});
        context->saved_data["causal"] = causal;
        context->saved_data["offset"] = offset;
        context->saved_data["ends"] = ends;
        context->saved_data["scale"] = scale;
        return out;
    }

    static variable_list backward(AutogradContext *context, variable_list gradients) {
        const variable_list saved = context->get_saved_variables();
        const Attention a{saved[0], saved[1], saved[2], context->saved_data["causal"].toBool(),
                          context->saved_data["offset"].toInt(), context->saved_data["ends"].toTensor(),
                          context->saved_data["scale"].toDouble()};
        const int64_t batch = a.batch(), kv = a.kv_heads(), groups = a.groups(), width = a.width();
        const at::Tensor keys = a.k.to(at::kFloat), values = a.v.to(at::kFloat);
        const at::Tensor dq = at::zeros(a.q.sizes(), keys.options());
        const at::Tensor dk = at::zeros_like(keys), dv = at::zeros_like(values);
        for (int64_t first = 0; first < a.queries(); first += block_queries) {
            const int64_t last = std::min(first + block_queries, a.queries()), rows = last - first;
            const int64_t seen = a.causal ? std::min(a.keys(), last + a.offset) : a.keys();
            // The heads of a group share keys, so they are rows of one product: [batch, kv, groups · rows, width].
            const auto grouped = [&](const at::Tensor &t) {
                return t.narrow(2, first, rows).to(at::kFloat).reshape({batch, kv, groups * rows, width});
            };
            const at::Tensor q = grouped(a.q), g = grouped(gradients[0]), o = grouped(saved[3]);
            const at::Tensor k = keys.narrow(2, 0, seen), v = values.narrow(2, 0, seen);
            at::Tensor scores = at::matmul(q, k.transpose(2, 3)).mul_(a.scale);
            const at::Tensor mask = hidden(a, first, last, seen);
            if (mask.defined()) scores.view({batch, kv, groups, rows, seen}).masked_fill_(mask, -INFINITY);
            const at::Tensor p = scores.softmax(-1);
            dv.narrow(2, 0, seen).add_(at::matmul(p.transpose(2, 3), g));
            const at::Tensor ds = at::matmul(g, v.transpose(2, 3)).sub_((g * o).sum(-1, true)).mul_(p).mul_(a.scale);
            dq.narrow(2, first, rows).copy_(at::matmul(ds, k).view({batch, kv * groups, rows, width}));
            dk.narrow(2, 0, seen).add_(at::matmul(ds.transpose(2, 3), q));
        }
        const at::ScalarType type = a.q.scalar_type();
        return {dq.to(type), dk.to(type), dv.to(type), {}, {}, {}, {}};
    }
};

}  // namespace

at::Tensor attend_recorded(const Attention &a) {
    return AttentionFunction::apply(a.q, a.k, a.v, a.causal, a.offset, a.ends, a.scale);
}

}  // namespace glyph
