// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

// Norms, gates and rotations as one pass over memory. Where a gradient is recorded, or on another device, they are
// composed of libtorch's operations; tests compare the two.

#include "fused_gradient.hpp"
#include "kernels/kernels.hpp"
#include "kernels/parallel.hpp"
#include "rotary_row.hpp"
#include "support.hpp"

using namespace glyph;

namespace glyph {

namespace {

/// Elements that a thread should have.
constexpr int64_t grain = 1 << 14;

/// Whether a kernel takes these tensors: processor, f32 or bf16, one type, no gradient.
bool fits_kernel(std::initializer_list<at::Tensor> tensors) {
    const at::ScalarType type = tensors.begin()->scalar_type();
    if (type != at::kFloat && type != at::kBFloat16) return false;
    for (const at::Tensor &tensor : tensors)
        if (!has_plain_rows(tensor) || tensor.scalar_type() != type) return false;
    return !records_gradient(tensors);
}

}  // namespace

at::Tensor rms_norm(const at::Tensor &x, const at::Tensor &weight, double epsilon) {
    TORCH_CHECK(x.dim() > 0 && weight.dim() == 1 && weight.size(0) == x.size(-1),
                "the size of the weight must match the last dimension of the input");
    if (records_gradient({x, weight}) && has_gradient_kernel({x, weight})) return rms_norm_recorded(x, weight, epsilon);
    if (!fits_kernel({x, weight})) {
        const at::Tensor wide = x.to(at::kFloat);
        const at::Tensor scale = wide.square().mean(-1, /*keepdim=*/true).add(epsilon).rsqrt();
        return wide.mul(scale).to(x.scalar_type()).mul(weight);
    }
    const at::Tensor input = x.contiguous(), result = at::empty(x.sizes(), x.options());
    const int64_t width = x.size(-1), rows = width ? x.numel() / width : 0;
    const float e = static_cast<float>(epsilon);
    const auto run = [&](auto kernel, auto *from, auto *scale, auto *to) {
        parallel_ranges(rows, std::max<int64_t>(1, grain / std::max<int64_t>(width, 1)), [&](int64_t begin, int64_t end) {
            for (int64_t row = begin; row < end; ++row) kernel(from + row * width, scale, to + row * width, width, e);
        });
    };
    if (x.scalar_type() == at::kFloat) {
        run(kernels().rms_norm_f32, input.data_ptr<float>(), weight.data_ptr<float>(), result.data_ptr<float>());
    } else {
        run(kernels().rms_norm_bf16, input.data_ptr<at::BFloat16>(), weight.data_ptr<at::BFloat16>(),
            result.data_ptr<at::BFloat16>());
    }
    return result;
}

/// Rows of the two operands are `stride` apart in their tensors and adjacent in the result.
at::Tensor silu_multiply(const at::Tensor &gate, const at::Tensor &up) {
    TORCH_CHECK(gate.sizes() == up.sizes(), "the shapes of gate and up must match");
    if (records_gradient({gate, up}) && has_gradient_kernel({gate, up})) return silu_multiply_recorded(gate, up);
    if (gate.dim() == 0 || !fits_kernel({gate, up})) return at::silu(gate).mul(up);
    const int64_t width = gate.size(-1), rows = width ? gate.numel() / width : 0;
    const at::Tensor result = at::empty(gate.sizes(), gate.options());
    // One row stride describes a tensor that is contiguous or a slice of the last dimension of one.
    const auto row_stride = [&](const at::Tensor &t) -> int64_t {
        // A dimension of size 1 may have any stride.
        int64_t last = -1, expected = -1;
        for (int64_t dim = t.dim() - 2; dim >= 0; --dim) {
            if (t.size(dim) == 1) continue;
            if (last < 0) last = expected = t.stride(dim);
            if (t.stride(dim) != expected) return -1;
            expected *= t.size(dim);
        }
        return last < 0 ? width : last;
    };
    at::Tensor g = gate, u = up;
    if (row_stride(g) < 0) g = g.contiguous();
    if (row_stride(u) < 0) u = u.contiguous();
    const int64_t g_stride = row_stride(g), u_stride = row_stride(u);
    const auto run = [&](auto kernel, auto *from, auto *by, auto *to) {
        parallel_ranges(rows, std::max<int64_t>(1, grain / std::max<int64_t>(width, 1)), [&](int64_t begin, int64_t end) {
            for (int64_t row = begin; row < end; ++row)
                kernel(from + row * g_stride, by + row * u_stride, to + row * width, width);
        });
    };
    if (gate.scalar_type() == at::kFloat) {
        run(kernels().silu_multiply_f32, g.data_ptr<float>(), u.data_ptr<float>(), result.data_ptr<float>());
    } else {
        run(kernels().silu_multiply_bf16, g.data_ptr<at::BFloat16>(), u.data_ptr<at::BFloat16>(),
            result.data_ptr<at::BFloat16>());
    }
    return result;
}

namespace {

at::Tensor composed_rotary(const at::Tensor &x, at::Tensor c, at::Tensor s, bool interleaved) {
    const int64_t n = c.size(-1);
    if (c.dim() == 3) c = c.unsqueeze(1), s = s.unsqueeze(1);
    const at::Tensor turned = x.slice(3, 0, 2 * n).to(at::kFloat), rest = x.slice(3, 2 * n);
    const at::Tensor a = interleaved ? turned.slice(3, 0, 2 * n, 2) : turned.slice(3, 0, n);
    const at::Tensor b = interleaved ? turned.slice(3, 1, 2 * n, 2) : turned.slice(3, n);
    const at::Tensor first = a * c - b * s, second = b * c + a * s;
    const at::Tensor joined = interleaved ? at::stack({first, second}, -1).flatten(-2) : at::cat({first, second}, -1);
    return at::cat({joined.to(x.scalar_type()), rest}, -1);
}

template <bool interleaved, class Element>
void rotate(const at::Tensor &x, const at::Tensor &c, const at::Tensor &s, const at::Tensor &out) {
    const int64_t heads = x.size(1), seq = x.size(2), width = x.size(3), n = c.size(-1), rows = x.size(0) * heads * seq;
    const int64_t batch_stride = c.dim() == 3 ? seq * n : 0;
    const float *cos = c.data_ptr<float>(), *sin = s.data_ptr<float>();
    const Element *from = x.data_ptr<Element>();
    Element *to = out.data_ptr<Element>();
    parallel_ranges(rows, std::max<int64_t>(1, grain / width), [&](int64_t begin, int64_t end) {
        for (int64_t row = begin; row < end; ++row) {
            const int64_t batch = row / (heads * seq), head = row / seq % heads, at = row % seq;
            const int64_t angle = batch * batch_stride + at * n;
            rotate_row<interleaved>(from + batch * x.stride(0) + head * x.stride(1) + at * x.stride(2), to + row * width,
                                    cos + angle, sin + angle, n, width);
        }
    });
}

}  // namespace

at::Tensor rotary(const at::Tensor &x, const at::Tensor &cos, const at::Tensor &sin, bool interleaved) {
    TORCH_CHECK(x.dim() == 4 && cos.sizes() == sin.sizes() && (cos.dim() == 2 || cos.dim() == 3) &&
                    2 * cos.size(-1) <= x.size(3) && cos.size(-2) == x.size(2) &&
                    (cos.dim() == 2 || cos.size(0) == x.size(0)),
                "the shapes must be x [batch, heads, seq, dim] and cos, sin [seq, n] or [batch, seq, n] with 2n <= dim");
    const at::Tensor c = cos.to(at::kFloat).contiguous(), s = sin.to(at::kFloat).contiguous();
    if (records_gradient({x}) && has_gradient_kernel({x})) return rotary_recorded(x, c, s, interleaved);
    if (!fits_kernel({x}) || x.numel() == 0) return composed_rotary(x, c, s, interleaved);
    const at::Tensor out = at::empty(x.sizes(), x.options());
    const bool is_wide = x.scalar_type() == at::kFloat;
    if (interleaved) {
        is_wide ? rotate<true, float>(x, c, s, out) : rotate<true, at::BFloat16>(x, c, s, out);
    } else {
        is_wide ? rotate<false, float>(x, c, s, out) : rotate<false, at::BFloat16>(x, c, s, out);
    }
    return out;
}

}  // namespace glyph

ct_status ct_rms_norm(const ct_tensor *x, const ct_tensor *weight, double epsilon, ct_tensor **out) {
    return made("rms_norm", {x, weight}, out, [&] { return rms_norm(x->value, weight->value, epsilon); });
}

ct_status ct_silu_multiply(const ct_tensor *gate, const ct_tensor *up, ct_tensor **out) {
    return made("silu_multiply", {gate, up}, out, [&] { return silu_multiply(gate->value, up->value); });
}

ct_status ct_rotary(const ct_tensor *x, const ct_tensor *cos, const ct_tensor *sin, bool interleaved,
                    ct_tensor **out) {
    return made("rotary", {x, cos, sin}, out,
                [&] { return rotary(x->value, cos->value, sin->value, interleaved); });
}
