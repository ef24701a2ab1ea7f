// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

// Products with weight matrices, including int8 ones.

#include "support.hpp"

using namespace glyph;

ct_status ct_linear(const ct_tensor *x, const ct_tensor *weight, const ct_tensor *bias, ct_tensor **out) {
    return made("linear", {x, weight, bias}, out, [&] {
        const at::ScalarType type = x->value.scalar_type();
        const at::Tensor b = bias ? bias->value.to(type) : at::Tensor();
        return at::linear(x->value, weight->value.to(type), b);
    });
}

ct_status ct_quantize_int8(const ct_tensor *weight, ct_tensor **q, ct_tensor **scales) {
    return guarded("quantize_int8", {weight}, [&] {
        TORCH_CHECK(weight->value.dim() == 2, "the weight must have 2 dimensions");
        const at::Tensor wide = weight->value.detach().to(at::kFloat);
        const at::Tensor scale = wide.abs().amax({1}).div(127);
        const at::Tensor divisor = at::where(scale > 0, scale, at::ones_like(scale));
        auto first = std::make_unique<ct_tensor>(
            ct_tensor{wide.div(divisor.unsqueeze(1)).round().clamp(-127, 127).to(at::kChar)});
        give(scale, scales);
        *q = first.release();
    });
}

ct_status ct_linear_int8(const ct_tensor *x, const ct_tensor *q, const ct_tensor *scales, const ct_tensor *bias,
                         ct_tensor **out) {
    return made("linear_int8", {x, q, scales, bias}, out, [&] {
        at::Tensor y = at::linear(x->value.to(at::kFloat), q->value.to(at::kFloat)).mul(scales->value);
        if (bias) y = y.add(bias->value);
        return y.to(x->value.scalar_type());
    });
}
