// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

#pragma once

#include <algorithm>
#include <cstdint>

#include "kernels/kernels.hpp"

namespace glyph {

/// Turns n pairs of a head by angles with these cosines and sines; what lies behind the pairs stays. Pairs are entries 2i
/// and 2i + 1 if interleaved, otherwise i and i + n. `y` is not `x`.
template <bool interleaved, class Element>
void rotate_row(const Element *__restrict x, Element *__restrict y, const float *__restrict c,
                const float *__restrict s, int64_t n, int64_t width) {
    const int64_t apart = interleaved ? 1 : n, step = interleaved ? 2 : 1;
    for (int64_t i = 0; i < n; ++i) {
        const float a = x[i * step], b = x[i * step + apart];
        y[i * step] = static_cast<Element>(a * c[i] - b * s[i]);
        y[i * step + apart] = static_cast<Element>(b * c[i] + a * s[i]);
    }
    std::copy(x + 2 * n, x + width, y + 2 * n);
}

template <>
inline void rotate_row<false, c10::BFloat16>(const c10::BFloat16 *__restrict x, c10::BFloat16 *__restrict y,
                                             const float *__restrict c, const float *__restrict s, int64_t n,
                                             int64_t width) {
    kernels().rotate_halves_bf16(x, y, c, s, n);
    std::copy(x + 2 * n, x + width, y + 2 * n);
}

}  // namespace glyph
