// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

// The fused layers, without and with a record for the backward pass.
#pragma once

#include "support.hpp"

namespace glyph {

at::Tensor rms_norm(const at::Tensor &x, const at::Tensor &weight, double epsilon);
at::Tensor silu_multiply(const at::Tensor &gate, const at::Tensor &up);
at::Tensor rotary(const at::Tensor &x, const at::Tensor &cos, const at::Tensor &sin, bool interleaved);

/// Whether the recorded forms take these tensors: f32, on the processor, with plain rows.
bool has_gradient_kernel(std::initializer_list<at::Tensor> tensors);
at::Tensor rms_norm_recorded(const at::Tensor &x, const at::Tensor &weight, double epsilon);
at::Tensor silu_multiply_recorded(const at::Tensor &gate, const at::Tensor &up);
at::Tensor rotary_recorded(const at::Tensor &x, const at::Tensor &cos, const at::Tensor &sin, bool interleaved);

}  // namespace glyph
