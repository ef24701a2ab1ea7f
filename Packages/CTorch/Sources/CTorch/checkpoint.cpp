// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

// Gradient checkpointing: of a layer only the input is kept, and the backward pass computes the rest again.

#include <torch/csrc/autograd/autograd.h>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/csrc/autograd/engine.h>

#include "support.hpp"

using namespace glyph;

namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

/// A caller's layer; the graph that can compute it again owns it.
struct Layer : torch::CustomClassHolder {
    ct_layer layer;
    void (*release)(void *);
    void *context;

    Layer(ct_layer layer, void (*release)(void *), void *context) : layer(layer), release(release), context(context) {}
    ~Layer() override { release(context); }

    /// Computes the layer while recording, from an input that begins a graph of its own.
    ///
    /// Threads of the engine come here too, in which nothing is set as in the caller's.
    at::Tensor recorded(const at::Tensor &x) const {
        at::AutoGradMode recording(true);
        return run(x);
    }

    at::Tensor run(const at::Tensor &x) const {
        ct_tensor *out = nullptr;
        const ct_status status = layer(context, new ct_tensor{x}, &out);
        if (status != CT_OK) throw Failure(status, ct_last_error());
        const std::unique_ptr<ct_tensor> result(out);
        return result->value;
    }
};

/// The same numbers as the beginning of a graph. Not `detach()`, whose result may hold on to the graph it came from.
at::Tensor beginning(const at::Tensor &x) {
    at::Tensor leaf = x.variable_data();
    leaf.set_requires_grad(x.requires_grad());
    return leaf;
}

struct Recorded {
    c10::intrusive_ptr<Layer> layer;
    at::Tensor result;
};

struct CheckpointFunction : torch::autograd::Function<CheckpointFunction> {
    /// `anchor` requires gradients, so that the layer's parameters get theirs when its input needs none.
    static at::Tensor forward(AutogradContext *context, const at::Tensor &x, const at::Tensor &, const Recorded &run) {
        context->save_for_backward({x});
        context->saved_data["layer"] = c10::IValue::make_capsule(run.layer);
        return run.result;
    }

    static variable_list backward(AutogradContext *context, variable_list gradients) {
        // The outer graph does not lead to the parameters, so a pass that asks for some gradients would not find them.
        TORCH_CHECK(torch::autograd::Engine::get_default_engine().is_checkpoint_valid(),
                    "gradients of chosen tensors cannot be computed through a checkpoint; use backward");
        const at::Tensor x = beginning(context->get_saved_variables()[0]);
        const auto layer = context->saved_data["layer"].toCapsule();
        const at::Tensor result = static_cast<const Layer *>(layer.get())->recorded(x);
        torch::autograd::backward({result}, {gradients[0]});
        return {x.grad(), {}, {}};
    }
};

}  // namespace

ct_status ct_checkpoint(const ct_tensor *x, ct_layer layer, void (*release)(void *), void *context, ct_tensor **out) {
    bool taken = false;
    const ct_status status = made("checkpoint", {x}, out, [&]() -> at::Tensor {
        const auto kept = c10::make_intrusive<Layer>(layer, release, context);
        taken = true;
        if (!c10::GradMode::is_enabled()) return kept->run(x->value);
        // Recorded here too and then forgotten: operations that record may round differently, and the second run must
        // give what this one gave. It needs no more memory at a time than the backward pass. And it tells whether
        // anything in the layer needs gradients.
        const at::Tensor result = kept->recorded(beginning(x->value));
        if (!result.requires_grad()) return result;
        const at::Tensor anchor = at::empty({0}, result.options()).set_requires_grad(true);
        return CheckpointFunction::apply(x->value, anchor, Recorded{kept, result.variable_data()});
    });
    if (!taken) release(context);
    return status;
}
