// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

// Products on matrix tiles, where the processor has them.
#pragma once

#include "support.hpp"

namespace glyph {

/// A weight [out, in] of bf16, or of i8 with a scale for each row, and a bias [out] that may be undefined.
struct NarrowWeight {
    at::Tensor values, scales, bias;
};

/// Whether products of x with such weights can be computed on tiles: the processor has them, and nothing is recorded.
bool fits_tiles(const at::Tensor &x, std::initializer_list<NarrowWeight> weights);

/// x [..., in] · weightᵀ + bias, where `fits_tiles`.
at::Tensor linear_in_tiles(const at::Tensor &x, const NarrowWeight &weight);

/// silu(x · gateᵀ) · (x · upᵀ), where `fits_tiles`; what is multiplied is not rounded before.
at::Tensor gated_linear_in_tiles(const at::Tensor &x, const NarrowWeight &gate, const NarrowWeight &up);

}  // namespace glyph
