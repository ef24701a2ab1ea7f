// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

// Attention on matrix tiles. Of its time more than half goes into exponentials, so that these take one pass over the
// scores of a row, in base 2, and leave the weights as the bf16 that the second product reads.

#include "tiles.hpp"

#if defined(__x86_64__) && defined(__linux__)

#include <cpuid.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>

#include "kernels.hpp"
#include "tile_parts.hpp"

namespace glyph {

namespace {

/// 2 to the power of x <= 0, to within 2 units in the last place; below -127 it is 0. A NaN stays one.
TILES inline __m512 power_of_two(__m512 x) {
    // In this order a maximum with a NaN is the NaN.
    x = _mm512_max_ps(_mm512_set1_ps(-127), x);
    // So large that the sum has no place for a fraction: the whole part of x is in its lowest bits.
    const __m512 shift = _mm512_set1_ps(12582912), whole = _mm512_add_ps(x, shift);
    const __m512 r = _mm512_sub_ps(x, _mm512_sub_ps(whole, shift));
    __m512 p = _mm512_set1_ps(1.326472717e-3f);
    p = _mm512_fmadd_ps(p, r, _mm512_set1_ps(9.671512642e-3f));
    p = _mm512_fmadd_ps(p, r, _mm512_set1_ps(5.550733743e-2f));
    p = _mm512_fmadd_ps(p, r, _mm512_set1_ps(2.402224209e-1f));
    p = _mm512_fmadd_ps(p, r, _mm512_set1_ps(6.931469776e-1f));
    p = _mm512_fmadd_ps(p, r, _mm512_set1_ps(1));
    const __m512i exponent = _mm512_slli_epi32(_mm512_castps_si512(whole), 23);
    return _mm512_castsi512_ps(_mm512_add_epi32(_mm512_castps_si512(p), exponent));
}

/// Hides scores of one row that it does not see, and returns the largest that is left or was there before.
TILES inline float largest(const TileAttention &b, int64_t row, int64_t first, int64_t count, float *scores) {
    const int64_t from = std::min(std::max<int64_t>(b.low - first, 0), count);
    const int64_t to = std::max(std::min(std::min(b.high, b.first_high + row) - first, count), from);
    std::fill(scores, scores + from, -INFINITY);
    std::fill(scores + to, scores + count, -INFINITY);
    __m512 left = _mm512_set1_ps(b.maxima[row]), right = left;
    for (int64_t i = 0; i < count; i += tile_depth) {
        left = _mm512_max_ps(left, _mm512_load_ps(scores + i));
        right = _mm512_max_ps(right, _mm512_load_ps(scores + i + tile_side));
    }
    return _mm512_reduce_max_ps(_mm512_max_ps(left, right));
}

/// Low parts of split weights follow the high parts of all rows.
constexpr int64_t low_weights = tile_depth * block_keys;

/// Turns the scores of one row into weights and folds them into its sum, which with `out` comes to stand for a new
/// maximum.
template <bool splits>
TILES inline void fold(const TileAttention &b, int64_t row, float maximum, int64_t count, const float *scores,
                       c10::BFloat16 *weights) {
    const float factor = b.scale * 1.44269504f, before = b.maxima[row];
    if (maximum > before) {
        const float decay = std::exp2((before - maximum) * factor);
        float *out = b.out + row * b.width;
        for (int64_t i = 0; i < b.width; i += tile_side)
            _mm512_store_ps(out + i, _mm512_mul_ps(_mm512_load_ps(out + i), _mm512_set1_ps(decay)));
        b.sums[row] *= decay;
        b.maxima[row] = maximum;
    }
    const __m512 factors = _mm512_set1_ps(factor), shift = _mm512_set1_ps(-maximum * factor);
    __m512 left = _mm512_setzero_ps(), right = left;
    for (int64_t i = 0; i < count; i += tile_depth) {
        const __m512 a = power_of_two(_mm512_fmadd_ps(_mm512_load_ps(scores + i), factors, shift));
        const __m512 c = power_of_two(_mm512_fmadd_ps(_mm512_load_ps(scores + i + tile_side), factors, shift));
        left = _mm512_add_ps(left, a);
        right = _mm512_add_ps(right, c);
        if (splits) {
            const Parts parts = split(a, c);
            _mm512_store_si512(weights + i, parts.high);
            _mm512_store_si512(weights + i + low_weights, parts.low);
        } else {
            _mm512_store_si512(weights + i, (__m512i)_mm512_cvtne2ps_pbh(c, a));
        }
    }
    b.sums[row] += _mm512_reduce_add_ps(_mm512_add_ps(left, right));
}

template <bool splits>
TILES void attend(const TileAttention &b) {
    alignas(64) float scores[tile_depth * block_keys];
    alignas(64) c10::BFloat16 weights[(splits ? 2 : 1) * low_weights];
    float maxima[tile_depth];
    const int64_t part = tile_side * b.width, panel = (splits ? 2 : 1) * part;
    const int64_t end = std::min(b.high, b.first_high + tile_depth - 1);
    std::fill(b.out, b.out + tile_depth * b.width, 0.0f);
    std::fill(b.maxima, b.maxima + tile_depth, -INFINITY);
    std::fill(b.sums, b.sums + tile_depth, 0.0f);
    _tile_loadconfig(&layout);
    for (int64_t first = b.low / tile_depth * tile_depth; first < end; first += block_keys) {
        const int64_t count = std::min(block_keys, (end - first + tile_depth - 1) / tile_depth * tile_depth);
        const uint32_t *keys = b.keys + first / tile_depth * panel, *values = b.values + first / tile_depth * panel;
        for (int64_t key = 0; key < count; key += tile_depth)
            multiply<false, splits>({b.q, b.width, tile_depth * b.width},
                                    {keys + key / tile_depth * panel, part / 2, tile_side * tile_side, part}, b.width,
                                    scores + key, block_keys);
        // All maxima before any weights: while one comes about, the processor finds other rows to work on.
        for (int64_t row = 0; row < tile_depth; ++row)
            maxima[row] = largest(b, row, first, count, scores + row * block_keys);
        for (int64_t row = 0; row < tile_depth; ++row)
            fold<splits>(b, row, maxima[row], count, scores + row * block_keys, weights + row * block_keys);
        for (int64_t column = 0; column < b.width; column += tile_depth)
            multiply<true, splits>({weights, block_keys, low_weights},
                                   {values + column * tile_side, tile_side * tile_side, panel, part}, count,
                                   b.out + column, b.width);
    }
    // The system need not save tiles that are not in use; other libraries set up their own.
    _tile_release();
    for (int64_t row = 0; row < tile_depth; ++row) {
        const float factor = b.sums[row] > 0 ? 1 / b.sums[row] : 0;
        for (int64_t i = 0; i < b.width; ++i) b.out[row * b.width + i] *= factor;
    }
}

}  // namespace

bool has_tiles() {
    static const bool granted = [] {
        constexpr unsigned products = 1u << 22, tiles = 1u << 24;
        unsigned a = 0, b = 0, c = 0, d = 0;
        __builtin_cpu_init();
        if (!__builtin_cpu_supports("avx512bf16") || !__builtin_cpu_supports("avx512bw")) return false;
        if (!__get_cpuid_count(7, 0, &a, &b, &c, &d) || !(d & tiles) || !(d & products)) return false;
        // Linux saves tiles only for a process that has asked: ARCH_REQ_XCOMP_PERM for XFEATURE_XTILEDATA.
        return syscall(SYS_arch_prctl, 0x1023, 18) == 0;
    }();
    return granted;
}

bool splits_f32() {
    static const bool splits = [] {
        const char *exact = std::getenv("GLYPH_EXACT_F32");
        return has_tiles() && !(exact && *exact && std::strcmp(exact, "0") != 0);
    }();
    return splits;
}

TILES void split_row(const float *from, int64_t count, c10::BFloat16 *high, c10::BFloat16 *low) {
    for (int64_t i = 0; i < count; i += tile_depth) {
        const Parts parts = split(from + i, count - i);
        _mm512_mask_storeu_epi16(high + i, lanes(count - i), parts.high);
        _mm512_mask_storeu_epi16(low + i, lanes(count - i), parts.low);
    }
}

void attend_in_tiles(const TileAttention &b) { b.is_split ? attend<true>(b) : attend<false>(b); }

}  // namespace glyph

#else

namespace glyph {

bool has_tiles() { return false; }
bool splits_f32() { return false; }
void split_row(const float *, int64_t, c10::BFloat16 *, c10::BFloat16 *) {}
void attend_in_tiles(const TileAttention &) {}

}  // namespace glyph

#endif
