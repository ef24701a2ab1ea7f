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

constexpr int64_t block_queries = 256;

/// Queries first ..< last and the keys begin ..< end that they may see.
struct Block {
    int64_t first, last, begin, end;
};

/// Blocks of queries that together are all of them; a block sees one segment only.
std::vector<Block> blocks(const Attention &a) {
    std::vector<Block> result;
    std::vector<int64_t> ends{0, a.queries()};
    if (a.ends.defined()) ends.assign(a.ends.data_ptr<int64_t>(), a.ends.data_ptr<int64_t>() + a.ends.numel());
    for (size_t segment = 1; segment < ends.size(); ++segment)
        for (int64_t first = ends[segment - 1]; first < ends[segment]; first += block_queries) {
            const int64_t last = std::min(first + block_queries, ends[segment]);
            if (a.ends.defined()) {
                result.push_back({first, last, ends[segment - 1], ends[segment]});
            } else {
                result.push_back({first, last, 0, a.causal ? std::min(a.keys(), last + a.offset) : a.keys()});
            }
        }
    return result;
}

/// Whether a key is hidden from the queries of a block by the causal mask: [queries, keys].
at::Tensor hidden(const Attention &a, const Block &block) {
    if (!a.causal) return {};
    const at::Tensor rows = at::arange(block.first, block.last, at::kLong);
    return at::arange(block.begin, block.end, at::kLong) > rows.add(a.offset).unsqueeze(1);
}

struct AttentionFunction : torch::autograd::Function<AttentionFunction> {
    static at::Tensor forward(AutogradContext *context, const at::Tensor &q, const at::Tensor &k, const at::Tensor &v,
                              const Attention &a) {
        const at::Tensor out = attend({q, k, v, a.causal, a.offset, a.ends, a.scale});
        context->save_for_backward({q, k, v, out});
        context->saved_data["causal"] = a.causal;
        context->saved_data["offset"] = a.offset;
        context->saved_data["scale"] = a.scale;
        if (a.ends.defined()) context->saved_data["ends"] = a.ends;
        return out;
    }

    static variable_list backward(AutogradContext *context, variable_list gradients) {
        const variable_list saved = context->get_saved_variables();
        const auto ends = context->saved_data.find("ends");
        const Attention a{saved[0], saved[1], saved[2], context->saved_data["causal"].toBool(),
                          context->saved_data["offset"].toInt(),
                          ends == context->saved_data.end() ? at::Tensor() : ends->second.toTensor(),
                          context->saved_data["scale"].toDouble()};
        const int64_t batch = a.batch(), kv = a.kv_heads(), groups = a.groups(), width = a.width();
        const at::Tensor keys = a.k.to(at::kFloat), values = a.v.to(at::kFloat);
        const at::Tensor dq = at::zeros(a.q.sizes(), keys.options());
        const at::Tensor dk = at::zeros_like(keys), dv = at::zeros_like(values);
        for (const Block &block : blocks(a)) {
            const int64_t rows = block.last - block.first, seen = block.end - block.begin;
            // The heads of a group share keys, so they are rows of one product: [batch, kv, groups · rows, width].
            const auto grouped = [&](const at::Tensor &t) {
                return t.narrow(2, block.first, rows).to(at::kFloat).reshape({batch, kv, groups * rows, width});
            };
            const at::Tensor q = grouped(a.q), g = grouped(gradients[0]), o = grouped(saved[3]);
            const at::Tensor k = keys.narrow(2, block.begin, seen), v = values.narrow(2, block.begin, seen);
            at::Tensor scores = at::matmul(q, k.transpose(2, 3)).mul_(a.scale);
            const at::Tensor mask = hidden(a, block);
            if (mask.defined()) scores.view({batch, kv, groups, rows, seen}).masked_fill_(mask, -INFINITY);
            const at::Tensor p = scores.softmax(-1);
            dv.narrow(2, block.begin, seen).add_(at::matmul(p.transpose(2, 3), g));
            const at::Tensor ds = at::matmul(g, v.transpose(2, 3)).sub_((g * o).sum(-1, true)).mul_(p).mul_(a.scale);
            dq.narrow(2, block.first, rows).copy_(at::matmul(ds, k).view({batch, kv * groups, rows, width}));
            dk.narrow(2, block.begin, seen).add_(at::matmul(ds.transpose(2, 3), q));
        }
        const at::ScalarType type = a.q.scalar_type();
        return {dq.to(type), dk.to(type), dv.to(type), {}};
    }
};

}  // namespace

at::Tensor attend_recorded(const Attention &a) {
    return AttentionFunction::apply(a.q, a.k, a.v, a);
}

}  // namespace glyph
