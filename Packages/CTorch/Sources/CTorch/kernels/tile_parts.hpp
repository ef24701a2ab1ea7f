// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

// What attention and products on matrix tiles share: the product of two tiles by two, and the order of its right side.
// For the files that are compiled for x86-64 on Linux only.
#pragma once

#include <immintrin.h>

#include <algorithm>

#include "tiles.hpp"

#define TILES __attribute__((target("avx512f,avx512bw,avx512bf16,amx-tile,amx-bf16")))

namespace glyph {

/// The layout of all eight tiles, as the processor reads it.
struct alignas(64) TileLayout {
    uint8_t palette = 1, start_row = 0, reserved[14] = {};
    uint16_t row_bytes[16] = {64, 64, 64, 64, 64, 64, 64, 64};
    uint8_t rows[16] = {16, 16, 16, 16, 16, 16, 16, 16};
};
constexpr TileLayout layout;

/// Rows of bf16, the left side of a product; `low` from them lie the low parts of split numbers.
struct Rows {
    const c10::BFloat16 *numbers;
    int64_t stride, low;
};

/// Tiles of pairs, the right side of a product: from the first 16 columns to the next, from one depth to the next, and
/// from the pairs to the low parts of split numbers.
struct Panels {
    const uint32_t *pairs;
    int64_t next, step, low;
};

/// Loads the two tiles of a side and multiplies them by those of the other, which are loaded.
TILES inline void multiply_rows(const c10::BFloat16 *rows, int64_t stride) {
    _tile_loadd(4, rows, 2 * stride);
    _tile_loadd(5, rows + tile_side * stride, 2 * stride);
    _tile_dpbf16ps(0, 4, 6);
    _tile_dpbf16ps(1, 4, 7);
    _tile_dpbf16ps(2, 5, 6);
    _tile_dpbf16ps(3, 5, 7);
}

/// c [32, 32] = or += a [32, depth] · b [depth, 32]. Of split numbers the product of the low parts is left out.
template <bool accumulates, bool is_split>
TILES inline void multiply(Rows a, Panels b, int64_t depth, float *c, int64_t ldc) {
    // Some compilers do not know that tiles are loaded from memory, and would move what was written there past it.
    __asm__ volatile("" ::: "memory");
    if (accumulates) {
        _tile_loadd(0, c, 4 * ldc);
        _tile_loadd(1, c + tile_side, 4 * ldc);
        _tile_loadd(2, c + tile_side * ldc, 4 * ldc);
        _tile_loadd(3, c + tile_side * ldc + tile_side, 4 * ldc);
    } else {
        _tile_zero(0);
        _tile_zero(1);
        _tile_zero(2);
        _tile_zero(3);
    }
    for (int64_t i = 0; i < depth; i += tile_depth, b.pairs += b.step, a.numbers += tile_depth) {
        _tile_loadd(6, b.pairs, 64);
        _tile_loadd(7, b.pairs + b.next, 64);
        if (is_split) multiply_rows(a.numbers + a.low, a.stride);
        multiply_rows(a.numbers, a.stride);
        if (!is_split) continue;
        _tile_loadd(6, b.pairs + b.low, 64);
        _tile_loadd(7, b.pairs + b.low + b.next, 64);
        _tile_dpbf16ps(0, 4, 6);
        _tile_dpbf16ps(1, 4, 7);
        _tile_dpbf16ps(2, 5, 6);
        _tile_dpbf16ps(3, 5, 7);
    }
    _tile_stored(0, c, 4 * ldc);
    _tile_stored(1, c + tile_side, 4 * ldc);
    _tile_stored(2, c + tile_side * ldc, 4 * ldc);
    _tile_stored(3, c + tile_side * ldc + tile_side, 4 * ldc);
}

/// Transposes 16 rows of 16 numbers.
TILES inline void transpose(__m512i (&v)[16]) {
    __m512i t[16];
    for (int i = 0; i < 16; i += 2) {
        t[i] = _mm512_unpacklo_epi32(v[i], v[i + 1]);
        t[i + 1] = _mm512_unpackhi_epi32(v[i], v[i + 1]);
    }
    for (int i = 0; i < 16; i += 4)
        for (int j = 0; j < 2; ++j) {
            v[i + 2 * j] = _mm512_unpacklo_epi64(t[i + j], t[i + j + 2]);
            v[i + 2 * j + 1] = _mm512_unpackhi_epi64(t[i + j], t[i + j + 2]);
        }
    // Now quarter q of v[4 * g + i] holds column 4 * q + i of rows 4 * g and the three after it.
    for (int i = 0; i < 4; ++i) {
        const __m512i a = _mm512_shuffle_i32x4(v[i], v[4 + i], 0x44), b = _mm512_shuffle_i32x4(v[i], v[4 + i], 0xee);
        const __m512i c = _mm512_shuffle_i32x4(v[8 + i], v[12 + i], 0x44);
        const __m512i d = _mm512_shuffle_i32x4(v[8 + i], v[12 + i], 0xee);
        t[i] = _mm512_shuffle_i32x4(a, c, 0x88);
        t[4 + i] = _mm512_shuffle_i32x4(a, c, 0xdd);
        t[8 + i] = _mm512_shuffle_i32x4(b, d, 0x88);
        t[12 + i] = _mm512_shuffle_i32x4(b, d, 0xdd);
    }
    for (int i = 0; i < 16; ++i) v[i] = t[i];
}

/// The lowest `count` of 32 lanes.
inline __mmask32 lanes(int64_t count) {
    return count >= 32 ? ~__mmask32(0) : (__mmask32(1) << std::max<int64_t>(count, 0)) - 1;
}

/// 32 numbers as sums of two bf16, the high and the low parts.
struct Parts {
    __m512i high, low;
};

/// What is left of 16 numbers after their high parts; nothing of what is not finite.
TILES inline __m512 rest(__m512 x, __m256i high) {
    const __m512 left = _mm512_sub_ps(x, (__m512)_mm512_slli_epi32(_mm512_cvtepu16_epi32(high), 16));
    return _mm512_maskz_mov_ps(_mm512_cmp_ps_mask(left, left, _CMP_ORD_Q), left);
}

TILES inline Parts split(__m512 first, __m512 second) {
    const __m512i high = (__m512i)_mm512_cvtne2ps_pbh(second, first);
    return {high, (__m512i)_mm512_cvtne2ps_pbh(rest(second, _mm512_extracti64x4_epi64(high, 1)),
                                               rest(first, _mm512_castsi512_si256(high)))};
}

/// The first `count` of 32 numbers, and zeros, as parts.
TILES inline Parts split(const float *numbers, int64_t count) {
    const __mmask32 mask = lanes(count);
    return split(_mm512_maskz_loadu_ps(static_cast<__mmask16>(mask), numbers),
                 _mm512_maskz_loadu_ps(static_cast<__mmask16>(mask >> 16), numbers + tile_side));
}

/// Packs up to 16 rows, which become columns: [padded depth / 2][16] pairs along the depth, zeros beyond what there is.
TILES inline void pack_pairs(const c10::BFloat16 *rows, int64_t stride, int64_t count, int64_t depth, uint32_t *to) {
    for (int64_t i = 0; i < depth; i += tile_depth, to += tile_side * tile_side) {
        const __mmask32 mask = lanes(depth - i);
        __m512i v[16];
        for (int64_t row = 0; row < tile_side; ++row)
            v[row] = row < count ? _mm512_maskz_loadu_epi16(mask, rows + row * stride + i) : _mm512_setzero_si512();
        transpose(v);
        for (int64_t row = 0; row < tile_side; ++row) _mm512_storeu_si512(to + row * tile_side, v[row]);
    }
}

/// The same of f32, whose low parts go elsewhere.
TILES inline void pack_pairs(const float *rows, int64_t stride, int64_t count, int64_t depth, uint32_t *high,
                             uint32_t *low) {
    for (int64_t i = 0; i < depth; i += tile_depth, high += tile_side * tile_side, low += tile_side * tile_side) {
        __m512i h[16], l[16];
        for (int64_t row = 0; row < tile_side; ++row) {
            const Parts parts = split(rows + row * stride + i, row < count ? depth - i : 0);
            h[row] = parts.high;
            l[row] = parts.low;
        }
        transpose(h);
        transpose(l);
        for (int64_t row = 0; row < tile_side; ++row) {
            _mm512_storeu_si512(high + row * tile_side, h[row]);
            _mm512_storeu_si512(low + row * tile_side, l[row]);
        }
    }
}

}  // namespace glyph
