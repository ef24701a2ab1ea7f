// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

// A weight matrix as the kernels read it, in whatever type it is stored.
#pragma once

#include "kernels/kernels.hpp"
#include "support.hpp"

namespace glyph {

/// The most vectors that a weight is read for once, row by row; for more, packing it pays.
constexpr int64_t most_few = 8;

/// A matrix [rows, width] of f32, bf16, f16, or i8 with a scale for each row. Who makes it keeps the memory.
struct MatrixRows {
    const char *values = nullptr;
    at::ScalarType type = at::kFloat;
    int64_t rows = 0, width = 0, row_bytes = 0, element_bytes = 0;
    /// One for each row, or null.
    const float *scales = nullptr, *shift = nullptr;

    MatrixRows() = default;
    MatrixRows(const at::Tensor &values, const at::Tensor &scales, const at::Tensor &shift);

    const void *row(int64_t index) const { return values + index * row_bytes; }
    int64_t stride() const { return row_bytes / element_bytes; }

    /// y[j * ldy + r] = row r · x[j * ldx ...] + shift, for `vectors` inputs and rows begin ..< end.
    void multiply(int64_t begin, int64_t end, const float *x, int64_t ldx, int64_t vectors, float *y, int64_t ldy) const;
};

}  // namespace glyph
