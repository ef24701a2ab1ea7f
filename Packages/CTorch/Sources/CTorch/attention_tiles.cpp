// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

// Attention of many queries on matrix tiles: keys and values are packed once, then blocks of queries pass them.

#include <cstring>

#include "attention.hpp"
#include "kernels/kernels.hpp"
#include "kernels/parallel.hpp"
#include "kernels/tiles.hpp"

namespace glyph {

namespace {

void copy_row(const at::BFloat16 *from, int64_t count, at::BFloat16 *to, int64_t) { std::copy(from, from + count, to); }
void copy_row(const float *from, int64_t count, at::BFloat16 *to, int64_t low) {
    split_row(from, count, to, to + low);
}
void narrow(const float *from, float *to, int64_t count) { std::copy(from, from + count, to); }
void narrow(const float *from, at::BFloat16 *to, int64_t count) { kernels().narrow_bf16(from, to, count); }

template <class Element>
struct Tiled {
    const Attention &a;
    static constexpr bool is_split = std::is_same_v<Element, float>;
    static constexpr int64_t parts = is_split ? 2 : 1;
    // The width and the number of keys, rounded up to whole tiles.
    const int64_t width = (a.width() + tile_depth - 1) / tile_depth * tile_depth;
    const int64_t panels = (a.keys() + tile_depth - 1) / tile_depth;
    const int64_t heads = a.batch() * a.kv_heads();
    // A pair of bf16 has the size of an i32.
    const int64_t part = tile_side * width;
    const at::Tensor keys = at::empty({heads, panels, parts * part}, at::TensorOptions(at::kInt));
    const at::Tensor values = at::empty_like(keys);
    // Of each thread: rows of bf16, results, maxima and sums of f32.
    const int64_t scratch_size = tile_depth * ((parts + 2) * width + 4);
    const at::Tensor scratch =
        at::empty({std::max<int64_t>(at::get_num_threads(), 1), scratch_size}, at::TensorOptions(at::kBFloat16));
    const at::Tensor result = at::empty({a.batch(), a.queries(), a.heads(), a.width()}, a.q.options());

    uint32_t *panel_of(const at::Tensor &packed, int64_t head, int64_t panel) const {
        return reinterpret_cast<uint32_t *>(packed.data_ptr<int32_t>()) + (head * panels + panel) * parts * part;
    }

    /// Copies up to `tile_depth` rows, and zeros beyond them: [parts, tile_depth, width].
    void copy_rows(const at::Tensor &from, int64_t batch, int64_t head, int64_t first, int64_t count,
                   at::BFloat16 *to) const {
        std::memset(static_cast<void *>(to), 0, parts * tile_depth * width * sizeof(*to));
        const Element *row =
            from.data_ptr<Element>() + batch * from.stride(0) + head * from.stride(1) + first * from.stride(2);
        for (int64_t i = 0; i < count; ++i, row += from.stride(2))
            copy_row(row, a.width(), to + i * width, tile_depth * width);
    }

    /// Packs the keys and values of one panel as `TileAttention` has them.
    void pack(int64_t head, int64_t panel, at::BFloat16 *rows) const {
        const int64_t first = panel * tile_depth, batch = head / a.kv_heads(), kv = head % a.kv_heads();
        const int64_t count = std::min(tile_depth, a.keys() - first);
        uint32_t *key = panel_of(keys, head, panel), *value = panel_of(values, head, panel);
        const auto pair = [](at::BFloat16 low, at::BFloat16 high) { return low.x | uint32_t(high.x) << 16; };
        copy_rows(a.k, batch, kv, first, count, rows);
        const int64_t end = parts * tile_depth;  // of the rows of all parts
        for (int64_t half = 0; half < end; half += tile_side)
            for (int64_t i = 0; i < width; i += 2)
                for (int64_t row = half; row < half + tile_side; ++row)
                    *key++ = pair(rows[row * width + i], rows[row * width + i + 1]);
        copy_rows(a.v, batch, kv, first, count, rows);
        for (int64_t own = 0; own < end; own += tile_depth)
            for (int64_t column = 0; column < width; column += tile_side)
                for (int64_t row = own; row < own + tile_depth; row += 2) {
                    const at::BFloat16 *even = rows + row * width + column, *odd = even + width;
                    for (int64_t i = 0; i < tile_side; ++i) *value++ = pair(even[i], odd[i]);
                }
    }

    void run_task(const AttentionTask &task, at::BFloat16 *q) const {
        const int64_t batch = task.head / a.heads(), head = task.head % a.heads();
        const int64_t kv = batch * a.kv_heads() + head / a.groups();
        copy_rows(a.q, batch, head, task.first, task.count, q);
        float *out = reinterpret_cast<float *>(q + parts * tile_depth * width), *maxima = out + tile_depth * width;
        const int64_t seen = a.causal ? task.first + a.offset + 1 : task.high;
        attend_in_tiles({q, width, is_split, panel_of(keys, kv, 0), panel_of(values, kv, 0), task.low, task.high, seen,
                         static_cast<float>(a.scale), out, maxima, maxima + tile_depth});
        Element *to =
            result.data_ptr<Element>() + ((batch * a.queries() + task.first) * a.heads() + head) * a.width();
        for (int64_t row = 0; row < task.count; ++row, to += a.heads() * a.width())
            narrow(out + row * width, to, a.width());
    }

    at::Tensor run() const {
        const auto memory = [&](int64_t thread) { return scratch.data_ptr<at::BFloat16>() + thread * scratch_size; };
        parallel_items(heads * panels, 8, [&](int64_t item, int64_t thread) {
            pack(item / panels, item % panels, memory(thread));
        });
        const std::vector<AttentionTask> list = attention_tasks(a, tile_depth);
        parallel_items(static_cast<int64_t>(list.size()), 1,
                       [&](int64_t item, int64_t thread) { run_task(list[item], memory(thread)); });
        return result.transpose(1, 2);
    }
};

}  // namespace

at::Tensor attend_tiled(const Attention &a) {
    return a.q.scalar_type() == at::kFloat ? Tiled<float>{a}.run() : Tiled<at::BFloat16>{a}.run();
}

}  // namespace glyph
