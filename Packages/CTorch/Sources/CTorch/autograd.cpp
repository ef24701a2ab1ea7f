// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

// Gradients: recording, backward passes, and scopes without either.

#include <c10/core/InferenceMode.h>
#include <torch/csrc/autograd/autograd.h>

#include "support.hpp"

using namespace glyph;

struct ct_inference {
    c10::InferenceMode mode;
};

bool ct_set_grad_enabled(bool enabled) {
    const bool before = c10::GradMode::is_enabled();
    c10::GradMode::set_enabled(enabled);
    return before;
}

ct_status ct_inference_begin(ct_inference **out) {
    return guarded("inference", {}, [&] { *out = new ct_inference(); });
}

void ct_inference_end(ct_inference *scope) { delete scope; }

bool ct_requires_grad(const ct_tensor *a) { return a->value.requires_grad(); }

ct_status ct_set_requires_grad(const ct_tensor *a, bool requires_grad) {
    return guarded("requires_grad", {a}, [&] { a->value.set_requires_grad(requires_grad); });
}

ct_status ct_detach(const ct_tensor *a, ct_tensor **out) {
    return made("detach", {a}, out, [&] { return a->value.detach(); });
}

ct_status ct_grad(const ct_tensor *a, ct_tensor **out) {
    return guarded("grad", {a}, [&] {
        const at::Tensor &grad = a->value.grad();
        if (grad.defined()) {
            give(grad, out);
        } else {
            *out = nullptr;
        }
    });
}

ct_status ct_set_grad(const ct_tensor *a, const ct_tensor *grad) {
    return guarded("grad", {a, grad}, [&] { a->value.mutable_grad() = optional(grad); });
}

ct_status ct_backward(const ct_tensor *a, const ct_tensor *gradient, bool retain_graph) {
    return guarded("backward", {a, gradient},
                   [&] { torch::autograd::backward({a->value}, {optional(gradient)}, retain_graph); });
}

ct_status ct_gradients(const ct_tensor *a, const ct_tensor *gradient, const ct_tensor *const *inputs, int64_t count,
                       bool retain_graph, ct_tensor **outs) {
    return guarded("gradients", {a, gradient}, [&] {
        std::vector<at::Tensor> grads =
            torch::autograd::grad({a->value}, tensors(inputs, count), {optional(gradient)}, retain_graph,
                                  /*create_graph=*/false, /*allow_unused=*/true);
        std::vector<std::unique_ptr<ct_tensor>> handles;
        for (at::Tensor &grad : grads)
            handles.push_back(grad.defined() ? std::make_unique<ct_tensor>(ct_tensor{std::move(grad)}) : nullptr);
        for (size_t index = 0; index < handles.size(); ++index) outs[index] = handles[index].release();
    });
}
