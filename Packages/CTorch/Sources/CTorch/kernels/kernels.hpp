// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

// Inner loops on the processor, compiled once for each instruction set and chosen when the library is loaded.
#pragma once

#include <c10/util/BFloat16.h>
#include <c10/util/Half.h>

#include <cstdint>

namespace glyph {

/// Rows of a weight times vectors: y[j * ldy + r] = sum_i w[r * ldw + i] * x[j * ldx + i].
struct RowProduct {
    int64_t rows, length, ldw;
    const float *x;
    int64_t vectors, ldx;
    float *y;
    int64_t ldy;
};

/// y [rows, columns] = or += x [rows, depth] times the transpose of packed weights.
struct PanelProduct {
    /// Contiguous, with rows of zeros up to a multiple of `tile_rows`.
    const float *x;
    int64_t rows, depth;
    /// [columns / tile_columns][depth][tile_columns]
    const float *panels;
    int64_t columns;
    float *y;
    int64_t ldy;
    /// Whether y holds something to add to.
    bool accumulates;
};

/// Queries of one head against a range of its keys, as `attend` takes them.
struct AttentionBlock {
    /// Queries [rows, width], scaled; rows is padded to a multiple of `tile_rows` and width to one of `tile_columns`.
    const float *q;
    int64_t rows, width;
    /// Keys packed in panels [key / tile_columns][width][tile_columns].
    const float *keys;
    /// Values packed in panels [width / tile_columns][key count][tile_columns].
    const float *values;
    int64_t key_count;
    /// The range of keys that row i sees is low ..< min(high, first_high + i).
    int64_t low, high, first_high;
    /// Results [rows, width]; scratch for scores [rows, block_keys]; running maxima and sums [rows].
    float *out, *scores, *maxima, *sums;
};

struct Kernels {
    int64_t tile_rows, tile_columns;
    void (*row_product_f32)(const float *w, const RowProduct &);
    void (*row_product_bf16)(const c10::BFloat16 *w, const RowProduct &);
    void (*row_product_f16)(const c10::Half *w, const RowProduct &);
    void (*row_product_i8)(const int8_t *w, const RowProduct &);
    /// y += sum_i weights[j * ldp + i] * rows[i * ldv ...] for `vectors` outputs of `width`.
    void (*weighted_sum_f32)(const float *values, int64_t ldv, int64_t count, int64_t width, const float *p, int64_t ldp, int64_t vectors, float *y, int64_t ldy);
    void (*weighted_sum_bf16)(const c10::BFloat16 *values, int64_t ldv, int64_t count, int64_t width, const float *p, int64_t ldp, int64_t vectors, float *y, int64_t ldy);
    void (*widen_bf16)(const c10::BFloat16 *from, float *to, int64_t count, float factor);
    void (*widen_f16)(const c10::Half *from, float *to, int64_t count, float factor);
    void (*widen_i8)(const int8_t *from, float *to, int64_t count, float factor);
    void (*narrow_bf16)(const float *from, c10::BFloat16 *to, int64_t count);
    /// x = exp(x - maximum), and the sum of that; returns the maximum. An empty or all -inf row gives zeros.
    float (*softmax_terms)(float *x, int64_t count, float *sum);
    /// Transposes `rows` rows of `depth` to a panel [depth][tile_columns], with zeros beyond the rows.
    void (*pack_panel)(const float *from, int64_t ldf, int64_t rows, int64_t depth, float *panel);
    void (*panel_product)(const PanelProduct &);
    void (*attend)(const AttentionBlock &);
    void (*rms_norm_f32)(const float *x, const float *weight, float *y, int64_t width, float epsilon);
    void (*rms_norm_bf16)(const c10::BFloat16 *x, const c10::BFloat16 *weight, c10::BFloat16 *y, int64_t width, float epsilon);
    /// As rms_norm_bf16, of values and weights that are bf16 but held as f32.
    void (*rms_norm_rounded)(const float *x, const float *weight, float *y, int64_t width, float epsilon);
    /// Rounds to what bf16 can hold.
    void (*round_bf16)(float *x, int64_t count);
    /// Turns the pairs x[i] and x[i + n] by n angles with these cosines and sines.
    void (*rotate_halves_bf16)(const c10::BFloat16 *x, c10::BFloat16 *y, const float *cosines, const float *sines, int64_t n);
    void (*silu_multiply_f32)(const float *gate, const float *up, float *y, int64_t count);
    void (*silu_multiply_bf16)(const c10::BFloat16 *gate, const c10::BFloat16 *up, c10::BFloat16 *y, int64_t count);
    /// dx = gradient of the norm's input; adds that of the weight to dw.
    void (*rms_norm_gradient)(const float *x, const float *weight, const float *dy, float *dx, float *dw, int64_t width, float epsilon);
    void (*silu_multiply_gradient)(const float *gate, const float *up, const float *dy, float *dgate, float *dup, int64_t count);
};

/// The kernels for this processor.
const Kernels &kernels();

/// Keys that blocked attention scores at a time.
constexpr int64_t block_keys = 256;

}  // namespace glyph
