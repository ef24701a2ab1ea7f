// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

// Layers composed of libtorch's operations; the fused ones have files of their own.

#include "support.hpp"

using namespace glyph;

ct_status ct_embedding(const ct_tensor *weight, const ct_tensor *ids, ct_tensor **out) {
    return made("embedding", {weight, ids}, out, [&] { return at::embedding(weight->value, ids->value); });
}

ct_status ct_layer_norm(const ct_tensor *x, const ct_tensor *weight, const ct_tensor *bias, double epsilon,
                        ct_tensor **out) {
    return made("layer_norm", {x, weight, bias}, out, [&] {
        TORCH_CHECK(x->value.dim() > 0, "the input has no dimension to normalise");
        return at::layer_norm(x->value, {x->value.size(-1)}, optional(weight), optional(bias), epsilon);
    });
}

ct_status ct_cross_entropy(const ct_tensor *logits, const ct_tensor *targets, int64_t ignore_index, ct_tensor **out) {
    return made("cross_entropy", {logits, targets}, out, [&] {
        return at::cross_entropy_loss(logits->value.to(at::kFloat), targets->value, {}, at::Reduction::Mean,
                                      ignore_index);
    });
}
