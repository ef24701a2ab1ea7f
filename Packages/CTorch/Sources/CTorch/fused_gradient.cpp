// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

// The backward passes of norms, gates and rotations, one pass over memory each: composed of libtorch's operations they
// take a third of the time of a training step.

#include "fused_gradient.hpp"

#include <torch/csrc/autograd/custom_function.h>

#include "kernels/kernels.hpp"
#include "kernels/parallel.hpp"

namespace glyph {

namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

constexpr int64_t grain = 1 << 14;

int64_t rows_per_thread(int64_t width) {
    return std::max<int64_t>(1, grain / std::max<int64_t>(width, 1));
}

struct RMSNormFunction : torch::autograd::Function<RMSNormFunction> {
    static at::Tensor forward(AutogradContext *context, const at::Tensor &x, const at::Tensor &weight, double epsilon) {
        context->save_for_backward({x, weight});
        context->saved_data["epsilon"] = epsilon;
        return rms_norm(x, weight, epsilon);
    }

    static variable_list backward(AutogradContext *context, variable_list gradients) {
        const variable_list saved = context->get_saved_variables();
        const at::Tensor x = saved[0].contiguous(), dy = gradients[0].contiguous();
        const int64_t width = x.size(-1), rows = width ? x.numel() / width : 0;
        const float epsilon = static_cast<float>(context->saved_data["epsilon"].toDouble());
        const at::Tensor dx = at::empty_like(x);
        const int64_t threads = threads_for(rows, rows_per_thread(width));
        const at::Tensor parts = at::zeros({threads, width}, x.options());  // a thread's own sums of the weight's gradient
        const float *in = x.data_ptr<float>(), *from = dy.data_ptr<float>(), *scale = saved[1].data_ptr<float>();
        float *out = dx.data_ptr<float>(), *sums = parts.data_ptr<float>();
        parallel_ranges(threads, 1, [&](int64_t first, int64_t last) {
            for (int64_t part = first; part < last; ++part)
                for (int64_t row = rows * part / threads; row < rows * (part + 1) / threads; ++row)
                    kernels().rms_norm_gradient(in + row * width, scale, from + row * width, out + row * width,
                                                sums + part * width, width, epsilon);
        });
        return {dx, parts.sum(0), {}};
    }
};

struct SiluMultiplyFunction : torch::autograd::Function<SiluMultiplyFunction> {
    static at::Tensor forward(AutogradContext *context, const at::Tensor &gate, const at::Tensor &up) {
        context->save_for_backward({gate, up});
        return silu_multiply(gate, up);
    }

    static variable_list backward(AutogradContext *context, variable_list gradients) {
        const variable_list saved = context->get_saved_variables();
        const at::Tensor gate = saved[0].contiguous(), up = saved[1].contiguous(), dy = gradients[0].contiguous();
        const at::Tensor dgate = at::empty_like(gate), dup = at::empty_like(up);
        const float *g = gate.data_ptr<float>(), *u = up.data_ptr<float>(), *d = dy.data_ptr<float>();
        float *to_gate = dgate.data_ptr<float>(), *to_up = dup.data_ptr<float>();
        parallel_ranges(gate.numel(), grain, [&](int64_t begin, int64_t end) {
            kernels().silu_multiply_gradient(g + begin, u + begin, d + begin, to_gate + begin, to_up + begin,
                                             end - begin);
        });
        return {dgate, dup};
    }
};

// The inverse of a rotation is the rotation by the opposite angle.
struct RotaryFunction : torch::autograd::Function<RotaryFunction> {
    static at::Tensor forward(AutogradContext *context, const at::Tensor &x, const at::Tensor &cos, const at::Tensor &sin,
                              bool interleaved) {
        context->save_for_backward({cos, sin});
        context->saved_data["interleaved"] = interleaved;
        return rotary(x, cos, sin, interleaved);
    }

    static variable_list backward(AutogradContext *context, variable_list gradients) {
        const variable_list saved = context->get_saved_variables();
        const at::Tensor dy = has_plain_rows(gradients[0]) ? gradients[0] : gradients[0].contiguous();
        return {rotary(dy, saved[0], saved[1].neg(), context->saved_data["interleaved"].toBool()), {}, {}, {}};
    }
};

}  // namespace

bool has_gradient_kernel(std::initializer_list<at::Tensor> tensors) {
    for (const at::Tensor &tensor : tensors)
        if (!has_plain_rows(tensor) || tensor.scalar_type() != at::kFloat || tensor.numel() == 0 || tensor.dim() == 0)
            return false;
    return true;
}

at::Tensor rms_norm_recorded(const at::Tensor &x, const at::Tensor &weight, double epsilon) {
    return RMSNormFunction::apply(x, weight, epsilon);
}

at::Tensor silu_multiply_recorded(const at::Tensor &gate, const at::Tensor &up) {
    return SiluMultiplyFunction::apply(gate, up);
}

at::Tensor rotary_recorded(const at::Tensor &x, const at::Tensor &cos, const at::Tensor &sin, bool interleaved) {
    return RotaryFunction::apply(x, cos, sin, interleaved);
}

}  // namespace glyph
