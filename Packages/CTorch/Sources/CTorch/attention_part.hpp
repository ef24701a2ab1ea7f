// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

// Attention of a few queries over a part of the keys, and how parts are joined.
#pragma once

#include <algorithm>
#include <cmath>

#include "kernels/kernels.hpp"

namespace glyph {

/// Keys that one task scores. Fixed, so that a result does not depend on the number of threads.
constexpr int64_t keys_per_task = 512;

/// At most `keys_per_task` keys and values of one head.
template <class Element>
struct KeyPart {
    const Element *keys, *values;
    int64_t key_stride, value_stride, count, width;

    /// scores[row * keys_per_task + key] for rows of scaled queries [rows, width].
    void score(const float *queries, int64_t rows, float *scores) const {
        // Four queries at a time: the fastest form of a row product.
        for (int64_t row = 0; row < rows; row += 4)
            product(keys, {count, width, key_stride, queries + row * width, std::min<int64_t>(4, rows - row), width,
                           scores + row * keys_per_task, keys_per_task});
    }

    /// Turns scores into weights and sums up values: for each row [width] values, its largest score, and the sum of its
    /// weights.
    void gather(float *scores, int64_t rows, float *sums_of_values, float *maxima, float *sums) const {
        for (int64_t row = 0; row < rows; ++row)
            maxima[row] = kernels().softmax_terms(scores + row * keys_per_task, count, &sums[row]);
        std::fill(sums_of_values, sums_of_values + rows * width, 0.0f);
        weigh(values, value_stride, count, width, scores, keys_per_task, rows, sums_of_values, width);
    }

  private:
    static void product(const float *w, const RowProduct &p) { kernels().row_product_f32(w, p); }
    static void product(const c10::BFloat16 *w, const RowProduct &p) { kernels().row_product_bf16(w, p); }
    template <class... Rest>
    static void weigh(const float *v, Rest... rest) { kernels().weighted_sum_f32(v, rest...); }
    template <class... Rest>
    static void weigh(const c10::BFloat16 *v, Rest... rest) { kernels().weighted_sum_bf16(v, rest...); }
};

/// Joins what several parts gave to one query, into the values of the first. From one part to the next it is
/// `value_step` floats in the values and `term_step` in the maxima and sums.
inline void join_parts(int64_t parts, int64_t value_step, int64_t term_step, int64_t width, float *values,
                       const float *maxima, const float *sums) {
    float most = -INFINITY, total = 0;
    for (int64_t part = 0; part < parts; ++part) most = std::max(most, maxima[part * term_step]);
    for (int64_t part = 0; part < parts; ++part) {
        const float factor = std::exp(maxima[part * term_step] - most);
        total += sums[part * term_step] * factor;
        const float *from = values + part * value_step;
        for (int64_t i = 0; i < width; ++i) values[i] = part ? values[i] + from[i] * factor : from[i] * factor;
    }
    for (int64_t i = 0; i < width; ++i) values[i] /= total;
}

}  // namespace glyph
