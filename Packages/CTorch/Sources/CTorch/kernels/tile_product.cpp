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
    if (weight.type == TileType::bf16)
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

/// Low parts of split rows follow the high parts of all rows of a pass.
constexpr int64_t low_rows = tile_depth * TileProduct::pass_depth;

/// Copies 16 rows [16, depth] of a pass, zeros beyond what there is.
TILES void copy_rows(const TileWeight &weight, int64_t row, int64_t column, int64_t width, int64_t depth,
                     c10::BFloat16 *to) {
    for (int64_t i = 0; i < tile_side; ++i, ++row, to += depth)
        for (int64_t k = 0; k < depth; k += tile_depth) {
            const int64_t count = row < weight.rows ? width - column - k : 0;
            if (weight.type == TileType::f32) {
                const Parts parts = split(static_cast<const float *>(weight.values) + row * weight.stride + column + k,
                                          count);
                _mm512_store_si512(to + k, parts.high);
                _mm512_store_si512(to + k + low_rows, parts.low);
            } else {
                _mm512_store_si512(to + k, count > 0 ? load_row(weight, row, column + k, count)
                                                     : _mm512_setzero_si512());
            }
        }
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

/// The same as rows of f32.
TILES void write_turned(const float *sums, int64_t outputs, int64_t count, float *to, int64_t stride) {
    for (int64_t first = 0; first < outputs; first += tile_side)
        for (int64_t half = 0; half < std::min(count, tile_depth); half += tile_side) {
            const auto mask = static_cast<__mmask16>(lanes(std::min(outputs - first, tile_side)));
            __m512i v[16];
            for (int64_t i = 0; i < tile_side; ++i) v[i] = _mm512_loadu_si512(sums + (first + i) * tile_depth + half);
            transpose(v);
            for (int64_t i = 0; i < tile_side && half + i < count; ++i)
                _mm512_mask_storeu_epi32(to + (half + i) * stride + first, mask, v[i]);
        }
}

}  // namespace

TILES void TileProduct::pack(int64_t block, uint32_t *packed) const {
    const int64_t first = block * tile_depth;
    for (int64_t start = 0; start < width; start += pass_depth) {
        const int64_t real = std::min(pass_depth, width - start), depth = std::min(pass_depth, padded_width() - start);
        uint32_t *to = packed + offset(start, depth, block);
        for (int64_t row = first; row < first + tile_depth; row += tile_side, to += tile_side * depth / 2) {
            const int64_t many = std::min(tile_side, count - row), from = row * x_stride + start;
            if (is_split())
                pack_pairs(static_cast<const float *>(x) + from, x_stride, many, real, to, to + tile_side * depth);
            else
                pack_pairs(static_cast<const c10::BFloat16 *>(x) + from, x_stride, many, real, to);
        }
    }
}

template <bool splits>
TILES void TileProduct::sum(int64_t first_panel, int64_t end_panel, int64_t first_block, int64_t end_block,
                            const uint32_t *packed, float *sums) const {
    alignas(64) c10::BFloat16 rows[(splits ? 2 : 1) * low_rows];
    const int64_t many = end_block - first_block, panel_rows = panel_outputs();
    _tile_loadconfig(&layout);
    for (int64_t start = 0; start < width; start += pass_depth) {
        const int64_t depth = std::min(pass_depth, padded_width() - start);
        const uint32_t *right = packed + offset(start, depth, first_block);
        for (int64_t panel = first_panel; panel < end_panel; ++panel) {
            const int64_t row = panel * panel_rows;
            copy_rows(weight, row, start, width, depth, rows);
            copy_rows(is_gated ? up : weight, is_gated ? row : row + tile_side, start, width, depth,
                      rows + tile_side * depth);
            float *to = sums + (panel - first_panel) * many * panel_sums;
            for (int64_t block = 0; block < many; ++block, to += panel_sums) {
                const Rows left{rows, depth, low_rows};
                const Panels pairs{right + block * tile_side * parts() * depth, tile_side * depth / 2,
                                   tile_side * tile_side, tile_side * depth};
                start ? multiply<true, splits>(left, pairs, depth, to, tile_depth)
                      : multiply<false, splits>(left, pairs, depth, to, tile_depth);
            }
        }
    }
    _tile_release();
}

void TileProduct::run(int64_t first_panel, int64_t end_panel, int64_t first_block, int64_t end_block,
                      const uint32_t *packed, float *sums) const {
    const int64_t panel_rows = panel_outputs();
    is_split() ? sum<true>(first_panel, end_panel, first_block, end_block, packed, sums)
               : sum<false>(first_panel, end_panel, first_block, end_block, packed, sums);
    for (int64_t panel = first_panel; panel < end_panel; ++panel)
        for (int64_t block = first_block; block < end_block; ++block, sums += panel_sums) {
            const int64_t row = panel * panel_rows, first = block * tile_depth;
            float *other = sums + tile_side * tile_depth;
            finish_rows(weight, row, sums);
            finish_rows(is_gated ? up : weight, is_gated ? row : row + tile_side, other);
            if (is_gated) kernels().silu_multiply_f32(sums, other, sums, tile_side * tile_depth);
            const int64_t real = std::min(panel_rows, outputs() - row), to = first * outputs() + row;
            is_split() ? write_turned(sums, real, count - first, static_cast<float *>(y) + to, outputs())
                       : write_turned(sums, real, count - first, static_cast<c10::BFloat16 *>(y) + to, outputs());
        }
}

}  // namespace glyph

#else

namespace glyph {

void TileProduct::pack(int64_t, uint32_t *) const {}
void TileProduct::run(int64_t, int64_t, int64_t, int64_t, const uint32_t *, float *) const {}

}  // namespace glyph

#endif
