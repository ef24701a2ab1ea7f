// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

#include "tile_product.hpp"

#if defined(__x86_64__) && defined(__linux__)

#include "kernels.hpp"
#include "tile_parts.hpp"

namespace glyph {

namespace {

constexpr int64_t panel_sums = tile_depth * tile_depth;

/// 32 numbers of a row as bf16; whole numbers up to 127 are exact.
TILES inline __m512i load_row(const TileWeight &weight, int64_t row, int64_t column, int64_t count) {
    const __mmask32 mask = lanes(count);
    const int64_t offset = row * weight.stride + column;
    if (!weight.is_int8)
        return _mm512_maskz_loadu_epi16(mask, static_cast<const c10::BFloat16 *>(weight.values) + offset);
    // Not a masked load of bytes, which needs an instruction set more.
    const auto *from = static_cast<const int8_t *>(weight.values) + offset;
    alignas(32) int8_t part[32] = {};
    if (count < tile_depth) std::copy(from, from + count, part);
    const __m256i bytes = _mm256_loadu_si256(reinterpret_cast<const __m256i *>(count < tile_depth ? part : from));
    const __m512 low = _mm512_cvtepi32_ps(_mm512_cvtepi8_epi32(_mm256_castsi256_si128(bytes)));
    const __m512 high = _mm512_cvtepi32_ps(_mm512_cvtepi8_epi32(_mm256_extracti128_si256(bytes, 1)));
    return (__m512i)_mm512_cvtne2ps_pbh(high, low);
}

/// Copies 16 rows [16, depth] of a pass, zeros beyond what there is.
TILES void copy_rows(const TileWeight &weight, int64_t row, int64_t column, int64_t width, int64_t depth,
                     c10::BFloat16 *to) {
    for (int64_t i = 0; i < tile_side; ++i, to += depth)
        for (int64_t k = 0; k < depth; k += tile_depth)
            _mm512_store_si512(to + k, row + i < weight.rows ? load_row(weight, row + i, column + k, width - column - k)
                                                             : _mm512_setzero_si512());
}

/// Applies scale and shift to sums of 16 rows and 32 vectors.
void finish_rows(const TileWeight &weight, int64_t row, float *sums) {
    if (!weight.scales && !weight.shift) return;
    for (int64_t i = 0; i < tile_side && row + i < weight.rows; ++i, sums += tile_depth) {
        const float scale = weight.scales ? weight.scales[row + i] : 1;
        const float shift = weight.shift ? weight.shift[row + i] : 0;
        for (int64_t k = 0; k < tile_depth; ++k) sums[k] = sums[k] * scale + shift;
    }
}

/// Writes sums [outputs, 32 vectors] as `count` rows of bf16.
TILES void write_turned(const float *sums, int64_t outputs, int64_t count, c10::BFloat16 *to, int64_t stride) {
    const __m512i pairs = _mm512_set_epi16(31, 15, 30, 14, 29, 13, 28, 12, 27, 11, 26, 10, 25, 9, 24, 8, 23, 7, 22, 6,
                                           21, 5, 20, 4, 19, 3, 18, 2, 17, 1, 16, 0);
    const __mmask32 mask = lanes(outputs);
    for (int64_t half = 0; half < std::min(count, tile_depth); half += tile_side) {
        __m512i v[16];
        for (int64_t i = 0; i < tile_side; ++i) {
            const float *row = sums + 2 * i * tile_depth + half;
            v[i] = 2 * i >= outputs ? _mm512_setzero_si512()
                                    : _mm512_permutexvar_epi16(pairs, (__m512i)_mm512_cvtne2ps_pbh(
                                                                          _mm512_loadu_ps(row + tile_depth),
                                                                          _mm512_loadu_ps(row)));
        }
        transpose(v);
        for (int64_t i = 0; i < tile_side && half + i < count; ++i)
            _mm512_mask_storeu_epi16(to + (half + i) * stride, mask, v[i]);
    }
}

}  // namespace

TILES void TileProduct::pack(int64_t block, uint32_t *packed) const {
    const int64_t first = block * tile_depth;
    for (int64_t start = 0; start < width; start += pass_depth) {
        const int64_t real = std::min(pass_depth, width - start), depth = std::min(pass_depth, padded_width() - start);
        uint32_t *to = packed + tile_side * (blocks() * start + block * depth);
        for (int64_t row = first; row < first + tile_depth; row += tile_side, to += tile_side * depth / 2)
            pack_pairs(x + row * x_stride + start, x_stride, std::min(tile_side, count - row), real, to);
    }
}

TILES void TileProduct::run(int64_t first_panel, int64_t end_panel, int64_t first_block, int64_t end_block,
                            const uint32_t *packed, float *sums) const {
    alignas(64) c10::BFloat16 rows[tile_depth * pass_depth];
    const int64_t many = end_block - first_block, panel_rows = panel_outputs();
    _tile_loadconfig(&layout);
    for (int64_t start = 0; start < width; start += pass_depth) {
        const int64_t depth = std::min(pass_depth, padded_width() - start);
        const uint32_t *right = packed + tile_side * (blocks() * start + first_block * depth);
        for (int64_t panel = first_panel; panel < end_panel; ++panel) {
            const int64_t row = panel * panel_rows;
            copy_rows(weight, row, start, width, depth, rows);
            copy_rows(is_gated ? up : weight, is_gated ? row : row + tile_side, start, width, depth,
                      rows + tile_side * depth);
            float *to = sums + (panel - first_panel) * many * panel_sums;
            for (int64_t block = 0; block < many; ++block, to += panel_sums) {
                const Panels pairs{right + block * tile_side * depth, tile_side * depth / 2, tile_side * tile_side};
                start ? multiply<true>(rows, depth, pairs, depth, to, tile_depth)
                      : multiply<false>(rows, depth, pairs, depth, to, tile_depth);
            }
        }
    }
    _tile_release();
    for (int64_t panel = first_panel; panel < end_panel; ++panel)
        for (int64_t block = first_block; block < end_block; ++block, sums += panel_sums) {
            const int64_t row = panel * panel_rows, first = block * tile_depth;
            float *other = sums + tile_side * tile_depth;
            finish_rows(weight, row, sums);
            finish_rows(is_gated ? up : weight, is_gated ? row : row + tile_side, other);
            if (is_gated) kernels().silu_multiply_f32(sums, other, sums, tile_side * tile_depth);
            write_turned(sums, std::min(panel_rows, outputs() - row), count - first, y + first * outputs() + row,
                         outputs());
        }
}

}  // namespace glyph

#else

namespace glyph {

void TileProduct::pack(int64_t, uint32_t *) const {}
void TileProduct::run(int64_t, int64_t, int64_t, int64_t, const uint32_t *, float *) const {}

}  // namespace glyph

#endif
