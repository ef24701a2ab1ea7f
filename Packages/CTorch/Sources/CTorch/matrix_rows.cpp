// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

#include "matrix_rows.hpp"

namespace glyph {

MatrixRows::MatrixRows(const at::Tensor &values, const at::Tensor &scales, const at::Tensor &shift)
    : values(static_cast<const char *>(values.data_ptr())),
      type(values.scalar_type()),
      rows(values.size(0)),
      width(values.size(1)),
      row_bytes(values.stride(0) * values.element_size()),
      element_bytes(values.element_size()),
      scales(scales.defined() ? scales.data_ptr<float>() : nullptr),
      shift(shift.defined() ? shift.data_ptr<float>() : nullptr) {}

void MatrixRows::multiply(int64_t begin, int64_t end, const float *x, int64_t ldx, int64_t vectors, float *y,
                          int64_t ldy) const {
    if (begin >= end) return;
    const RowProduct product{end - begin, width, stride(), x, vectors, ldx, y + begin, ldy};
    const Kernels &kernel = kernels();
    switch (type) {
        case at::kFloat: kernel.row_product_f32(static_cast<const float *>(row(begin)), product); break;
        case at::kBFloat16: kernel.row_product_bf16(static_cast<const c10::BFloat16 *>(row(begin)), product); break;
        case at::kHalf: kernel.row_product_f16(static_cast<const c10::Half *>(row(begin)), product); break;
        default: kernel.row_product_i8(static_cast<const int8_t *>(row(begin)), product); break;
    }
    if (!scales && !shift) return;
    for (int64_t j = 0; j < vectors; ++j)
        for (int64_t r = begin; r < end; ++r) {
            float &sum = y[j * ldy + r];
            if (scales) sum *= scales[r];
            if (shift) sum += shift[r];
        }
}

}  // namespace glyph
