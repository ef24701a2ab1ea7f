// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

// Attention of a few queries, as in decoding: bound by reading keys and values once.

#include "attention.hpp"
#include "kernels/kernels.hpp"
#include "kernels/parallel.hpp"

namespace glyph {

namespace {

/// Keys that one task scores. Fixed, so that a result does not depend on the number of threads.
constexpr int64_t keys_per_task = 512;
/// Elements of keys below which a second thread costs more than it saves.
constexpr int64_t elements_per_thread = 1 << 15;

/// A softmax over part of the keys: weighted values, the largest score and the sum of exponentials.
struct Partial {
    float *values, *maximum, *sum;
};

template <class Element>
struct Few {
    const Attention &a;
    const int64_t rows = a.groups() * a.queries(), width = a.width(), keys = a.keys();
    const int64_t tasks_per_head = (keys + keys_per_task - 1) / keys_per_task;
    const int64_t heads = a.batch() * a.kv_heads(), tasks = heads * tasks_per_head;
    const at::TensorOptions f32 = at::TensorOptions(at::kFloat);
    // Scaled queries [batch · kvHeads, rows, width]; row r is query r % queries of the group's head r / queries.
    const at::Tensor queries = a.q.to(at::kFloat).mul(a.scale).reshape({heads, rows, width});
    const at::Tensor values = at::zeros({tasks, rows, width}, f32), maxima = at::empty({tasks, rows}, f32);
    const at::Tensor sums = at::empty({tasks, rows}, f32);
    const at::Tensor scores = at::empty({std::max<int64_t>(at::get_num_threads(), 1), rows, keys_per_task}, f32);

    const Element *row_of(const at::Tensor &tensor, int64_t head, int64_t key) const {
        return tensor.data_ptr<Element>() + head / a.kv_heads() * tensor.stride(0) +
               head % a.kv_heads() * tensor.stride(1) + key * tensor.stride(2);
    }

    void run_task(int64_t task, int64_t thread) const {
        const int64_t head = task / tasks_per_head, first = task % tasks_per_head * keys_per_task;
        const int64_t count = std::min(keys_per_task, keys - first);
        const float *q = queries.data_ptr<float>() + head * rows * width;
        float *score = scores.data_ptr<float>() + thread * rows * keys_per_task;
        for (int64_t row = 0; row < rows; row += max_vectors)
            row_product(row_of(a.k, head, first), {count, width, a.k.stride(2), q + row * width,
                                                   std::min(max_vectors, rows - row), width,
                                                   score + row * keys_per_task, keys_per_task});
        float *maximum = maxima.data_ptr<float>() + task * rows, *sum = sums.data_ptr<float>() + task * rows;
        for (int64_t row = 0; row < rows; ++row) {
            float *terms = score + row * keys_per_task;
            const int64_t seen = a.causal ? a.offset + row % a.queries() + 1 - first : count;
            for (int64_t key = std::max<int64_t>(seen, 0); key < count; ++key) terms[key] = -INFINITY;
            maximum[row] = kernels().softmax_terms(terms, count, &sum[row]);
        }
        weighted_sum(row_of(a.v, head, first), a.v.stride(2), count, width, score, keys_per_task, rows,
                     values.data_ptr<float>() + task * rows * width, width);
    }

    /// Joins the parts of one head into the result [rows, width], which takes the place of the first part.
    void join(int64_t head) const {
        float *value = values.data_ptr<float>() + head * tasks_per_head * rows * width;
        const float *maximum = maxima.data_ptr<float>() + head * tasks_per_head * rows;
        const float *sum = sums.data_ptr<float>() + head * tasks_per_head * rows;
        for (int64_t row = 0; row < rows; ++row) {
            float most = -INFINITY, total = 0;
            for (int64_t part = 0; part < tasks_per_head; ++part) most = std::max(most, maximum[part * rows + row]);
            float *joined = value + row * width;
            for (int64_t part = 0; part < tasks_per_head; ++part) {
                const float factor = std::exp(maximum[part * rows + row] - most);
                total += sum[part * rows + row] * factor;
                const float *from = value + (part * rows + row) * width;
                for (int64_t i = 0; i < width; ++i) joined[i] = part ? joined[i] + from[i] * factor : from[i] * factor;
            }
            for (int64_t i = 0; i < width; ++i) joined[i] /= total;
        }
    }

    at::Tensor run() const {
        const int64_t grain = std::max<int64_t>(1, elements_per_thread / (std::min(keys, keys_per_task) * width));
        parallel_items(tasks, grain, [&](int64_t task, int64_t thread) { run_task(task, thread); });
        for (int64_t head = 0; head < heads; ++head) join(head);
        const at::Tensor joined = values.view({heads, tasks_per_head, rows, width}).select(1, 0);
        const at::Tensor whole = joined.reshape({a.batch(), a.heads(), a.queries(), width});
        // In memory as [batch, q, heads, dim], which is what the projection that follows reads.
        return whole.transpose(1, 2).to(a.q.scalar_type()).contiguous().transpose(1, 2);
    }

    static void row_product(const float *w, const RowProduct &p) { kernels().row_product_f32(w, p); }
    static void row_product(const at::BFloat16 *w, const RowProduct &p) { kernels().row_product_bf16(w, p); }
    template <class... Rest>
    static void weighted_sum(const float *v, Rest... rest) { kernels().weighted_sum_f32(v, rest...); }
    template <class... Rest>
    static void weighted_sum(const at::BFloat16 *v, Rest... rest) { kernels().weighted_sum_bf16(v, rest...); }
};

}  // namespace

at::Tensor attend_few(const Attention &a) {
    return a.q.scalar_type() == at::kFloat ? Few<float>{a}.run() : Few<at::BFloat16>{a}.run();
}

}  // namespace glyph
