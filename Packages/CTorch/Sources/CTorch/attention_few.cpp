// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

// Attention of a few queries, as in decoding: bound by reading keys and values once, and for short caches by the
// number of calls, so that memory is taken in one piece and nothing goes through libtorch's dispatcher.

#include "attention.hpp"
#include "attention_part.hpp"
#include "kernels/parallel.hpp"

namespace glyph {

namespace {

/// Multiplications below which a second thread costs more than it saves.
constexpr int64_t work_per_thread = 1 << 17;
template <class Element>
struct Few {
    const Attention &a;
    const int64_t queries = a.queries(), rows = a.groups() * queries, width = a.width(), keys = a.keys();
    const int64_t parts = (keys + keys_per_task - 1) / keys_per_task;
    const int64_t heads = a.batch() * a.kv_heads(), tasks = heads * parts;
    const int64_t threads = std::max<int64_t>(at::get_num_threads(), 1);
    // Scaled queries [heads, rows, width], where row r is query r % queries of the group's head r / queries; values,
    // largest scores and sums of exponentials of each part; scores of each thread.
    const at::Tensor memory =
        at::empty({heads * rows * width + tasks * rows * (width + 2) + threads * rows * keys_per_task},
                  at::TensorOptions(at::kFloat));
    float *const scaled = memory.template data_ptr<float>(), *const values = scaled + heads * rows * width;
    float *const maxima = values + tasks * rows * width, *const sums = maxima + tasks * rows;
    float *const scores = sums + tasks * rows;
    // In memory as [batch, q, heads, dim], which is what the projection that follows reads.
    const at::Tensor result = at::empty({a.batch(), queries, a.heads(), width}, a.q.options());

    const Element *element(const at::Tensor &tensor, int64_t batch, int64_t head, int64_t row) const {
        return tensor.data_ptr<Element>() + batch * tensor.stride(0) + head * tensor.stride(1) +
               row * tensor.stride(2);
    }

    void scale_queries(int64_t head) const {
        const int64_t batch = head / a.kv_heads(), first = head % a.kv_heads() * a.groups();
        for (int64_t row = 0; row < rows; ++row) {
            const Element *q = element(a.q, batch, first + row / queries, row % queries);
            float *to = scaled + (head * rows + row) * width;
            for (int64_t i = 0; i < width; ++i) to[i] = static_cast<float>(q[i]) * static_cast<float>(a.scale);
        }
    }

    void run_task(int64_t task, int64_t thread) const {
        const int64_t head = task / parts, first = task % parts * keys_per_task;
        const int64_t batch = head / a.kv_heads(), kv = head % a.kv_heads();
        const KeyPart<Element> part{element(a.k, batch, kv, first), element(a.v, batch, kv, first), a.k.stride(2),
                                    a.v.stride(2), std::min(keys_per_task, keys - first), width};
        float *score = scores + thread * rows * keys_per_task;
        part.score(scaled + head * rows * width, rows, score);
        for (int64_t row = 0; a.causal && row < rows; ++row) {
            float *terms = score + row * keys_per_task;
            const int64_t seen = a.offset + row % queries + 1 - first;
            for (int64_t key = std::max<int64_t>(seen, 0); key < part.count; ++key) terms[key] = -INFINITY;
        }
        part.gather(score, rows, values + task * rows * width, maxima + task * rows, sums + task * rows);
    }

    /// Joins the parts of one head and writes its rows to the result.
    void join(int64_t head) const {
        const int64_t batch = head / a.kv_heads(), first = head % a.kv_heads() * a.groups();
        for (int64_t row = 0; row < rows; ++row) {
            const int64_t at = head * parts * rows + row, query = batch * queries + row % queries;
            float *joined = values + at * width;
            join_parts(parts, rows * width, rows, width, joined, maxima + at, sums + at);
            Element *to = result.data_ptr<Element>() + (query * a.heads() + first + row / queries) * width;
            for (int64_t i = 0; i < width; ++i) to[i] = static_cast<Element>(joined[i]);
        }
    }

    at::Tensor run() const {
        const int64_t work = rows * std::min(keys, keys_per_task) * width * 2;
        for (int64_t head = 0; head < heads; ++head) scale_queries(head);
        parallel_items(tasks, std::max<int64_t>(1, work_per_thread / work),
                       [&](int64_t task, int64_t thread) { run_task(task, thread); });
        for (int64_t head = 0; head < heads; ++head) join(head);
        return result.transpose(1, 2);
    }
};

}  // namespace

at::Tensor attend_few(const Attention &a) {
    return a.q.scalar_type() == at::kFloat ? Few<float>{a}.run() : Few<at::BFloat16>{a}.run();
}

}  // namespace glyph
