// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

// Attention of many queries: scores exist for one block of queries and keys at a time.

#include <cstring>

#include "attention.hpp"
#include "kernels/kernels.hpp"
#include "kernels/parallel.hpp"

namespace glyph {

namespace {

/// Queries of one task; a multiple of every instruction set's tile rows.
constexpr int64_t block_queries = 96;

void widen(const float *from, float *to, int64_t count, float factor) {
    for (int64_t i = 0; i < count; ++i) to[i] = from[i] * factor;
}
void widen(const at::BFloat16 *from, float *to, int64_t count, float factor) {
    kernels().widen_bf16(from, to, count, factor);
}
void narrow(const float *from, float *to, int64_t count) { std::memcpy(to, from, count * sizeof(float)); }
void narrow(const float *from, at::BFloat16 *to, int64_t count) { kernels().narrow_bf16(from, to, count); }

template <class Element>
struct Blocked {
    const Attention &a;
    const int64_t columns = kernels().tile_columns, tile_rows = kernels().tile_rows;
    // The width and the number of keys, rounded up to whole tiles.
    const int64_t width = (a.width() + columns - 1) / columns * columns;
    const int64_t panels = (a.keys() + columns - 1) / columns;
    const int64_t heads = a.batch() * a.kv_heads();
    const at::TensorOptions f32 = at::TensorOptions(at::kFloat);
    const at::Tensor keys = at::empty({heads, panels * columns * width}, f32);
    const at::Tensor values = at::empty({heads, width * a.keys()}, f32);
    const int64_t scratch_size = block_queries * (2 * width + block_keys + 2);
    const at::Tensor scratch = at::empty({std::max<int64_t>(at::get_num_threads(), 1), scratch_size}, f32);
    const at::Tensor result = at::empty({a.batch(), a.queries(), a.heads(), a.width()}, a.q.options());

    const Element *row_of(const at::Tensor &tensor, int64_t batch, int64_t head, int64_t row) const {
        return tensor.data_ptr<Element>() + batch * tensor.stride(0) + head * tensor.stride(1) +
               row * tensor.stride(2);
    }

    /// Keys of one panel as [width][columns], values of the same keys as rows of the value panels.
    void pack(int64_t head, int64_t panel, float *row) const {
        const int64_t first = panel * columns, batch = head / a.kv_heads(), kv = head % a.kv_heads();
        float *key = keys.data_ptr<float>() + (head * panels + panel) * columns * width;
        float *value = values.data_ptr<float>() + head * width * a.keys();
        std::fill(key, key + columns * width, 0.0f);
        std::fill(row, row + width, 0.0f);
        for (int64_t column = 0; column < std::min(columns, a.keys() - first); ++column) {
            widen(row_of(a.k, batch, kv, first + column), row, a.width(), 1);
            for (int64_t i = 0; i < a.width(); ++i) key[i * columns + column] = row[i];
            widen(row_of(a.v, batch, kv, first + column), row, a.width(), 1);
            for (int64_t i = 0; i < width; i += columns)
                std::memcpy(value + (i * a.keys() + (first + column) * columns), row + i, columns * sizeof(float));
        }
    }

    void run_task(const AttentionTask &task, float *memory) const {
        const int64_t batch = task.head / a.heads(), head = task.head % a.heads();
        const int64_t kv = batch * a.kv_heads() + head / a.groups();
        const int64_t rows = (task.count + tile_rows - 1) / tile_rows * tile_rows;
        float *q = memory, *out = q + block_queries * width, *scores = out + block_queries * width;
        float *maxima = scores + block_queries * block_keys, *sums = maxima + block_queries;
        std::fill(q, q + rows * width, 0.0f);
        for (int64_t row = 0; row < task.count; ++row)
            widen(row_of(a.q, batch, head, task.first + row), q + row * width, a.width(),
                  static_cast<float>(a.scale));
        const int64_t seen = a.causal ? task.first + a.offset + 1 : task.high;
        kernels().attend({q, rows, width, keys.data_ptr<float>() + kv * panels * columns * width,
                          values.data_ptr<float>() + kv * width * a.keys(), a.keys(), task.low, task.high, seen, out,
                          scores, maxima, sums});
        for (int64_t row = 0; row < task.count; ++row)
            narrow(out + row * width,
                   result.data_ptr<Element>() +
                       ((batch * a.queries() + task.first + row) * a.heads() + head) * a.width(),
                   a.width());
    }

    at::Tensor run() const {
        float *memory = scratch.data_ptr<float>();
        parallel_items(heads * panels, 8, [&](int64_t item, int64_t thread) {
            pack(item / panels, item % panels, memory + thread * scratch_size);
        });
        const std::vector<AttentionTask> list = attention_tasks(a, block_queries);
        parallel_items(static_cast<int64_t>(list.size()), 1, [&](int64_t item, int64_t thread) {
            run_task(list[item], memory + thread * scratch_size);
        });
        return result.transpose(1, 2);
    }
};

}  // namespace

std::vector<AttentionTask> attention_tasks(const Attention &a, int64_t block) {
    std::vector<AttentionTask> tasks;
    const std::vector<int64_t> whole{0, a.queries()};
    const int64_t *ends = a.ends.defined() ? a.ends.data_ptr<int64_t>() : whole.data();
    const int64_t segments = a.ends.defined() ? a.ends.numel() - 1 : 1;
    for (int64_t head = 0; head < a.batch() * a.heads(); ++head)
        for (int64_t segment = 0; segment < segments; ++segment)
            for (int64_t first = ends[segment]; first < ends[segment + 1]; first += block) {
                const int64_t last = std::min(ends[segment + 1], first + block);
                int64_t low = ends[segment], high = ends[segment + 1];
                if (!a.ends.defined()) low = 0, high = a.causal ? std::min(a.keys(), last + a.offset) : a.keys();
                tasks.push_back({head, first, last - first, low, high});
            }
    // Threads take tasks in turn, so the longest come first.
    std::sort(tasks.begin(), tasks.end(), [](const AttentionTask &a, const AttentionTask &b) {
        return a.high - a.low > b.high - b.low;
    });
    return tasks;
}

at::Tensor attend_blocked(const Attention &a) {
    return a.q.scalar_type() == at::kFloat ? Blocked<float>{a}.run() : Blocked<at::BFloat16>{a}.run();
}

}  // namespace glyph
