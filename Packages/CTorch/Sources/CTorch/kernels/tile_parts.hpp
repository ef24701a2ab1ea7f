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

/// Tiles of pairs, the right side of a product: from the first 16 columns to the next, and from one depth to the next.
struct Panels {
    const uint32_t *pairs;
    int64_t next, step;
};

/// c [32, 32] = or += a [32, depth] · b [depth, 32].
template <bool accumulates>
TILES inline void multiply(const void *a, int64_t lda, Panels b, int64_t depth, float *c, int64_t ldc) {
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
    const auto *rows = static_cast<const c10::BFloat16 *>(a);
    for (int64_t i = 0; i < depth; i += tile_depth, b.pairs += b.step) {
        _tile_loadd(4, rows + i, 2 * lda);
        _tile_loadd(6, b.pairs, 64);
        _tile_loadd(7, b.pairs + b.next, 64);
        _tile_loadd(5, rows + tile_side * lda + i, 2 * lda);
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

}  // namespace glyph
