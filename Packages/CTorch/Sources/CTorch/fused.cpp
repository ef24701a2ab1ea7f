// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

// Norms, gates and rotations: several of libtorch's operations as one pass over memory.

#include "support.hpp"

using namespace glyph;

namespace {

at::Tensor rms_norm(const at::Tensor &x, const at::Tensor &weight, double epsilon) {
    const at::Tensor wide = x.to(at::kFloat);
    const at::Tensor scale = wide.square().mean(-1, /*keepdim=*/true).add(epsilon).rsqrt();
    return wide.mul(scale).to(x.scalar_type()).mul(weight);
}

at::Tensor rotary(const at::Tensor &x, const at::Tensor &cos, const at::Tensor &sin, bool interleaved) {
    const int64_t n = cos.size(-1);
    TORCH_CHECK(x.dim() == 4 && 2 * n <= x.size(3) && cos.sizes() == sin.sizes(),
                "rotary needs x [batch, heads, seq, dim] and cos, sin [seq, n] or [batch, seq, n] with 2n <= dim");
    at::Tensor c = cos.to(at::kFloat), s = sin.to(at::kFloat);
    if (c.dim() == 3) c = c.unsqueeze(1), s = s.unsqueeze(1);
    const at::Tensor turned = x.slice(3, 0, 2 * n).to(at::kFloat), rest = x.slice(3, 2 * n);
    const at::Tensor a = interleaved ? turned.slice(3, 0, 2 * n, 2) : turned.slice(3, 0, n);
    const at::Tensor b = interleaved ? turned.slice(3, 1, 2 * n, 2) : turned.slice(3, n);
    const at::Tensor first = a * c - b * s, second = b * c + a * s;
    const at::Tensor joined = interleaved ? at::stack({first, second}, -1).flatten(-2) : at::cat({first, second}, -1);
    return at::cat({joined.to(x.scalar_type()), rest}, -1);
}

}  // namespace

ct_status ct_rms_norm(const ct_tensor *x, const ct_tensor *weight, double epsilon, ct_tensor **out) {
    return made("rms_norm", {x, weight}, out, [&] { return rms_norm(x->value, weight->value, epsilon); });
}

ct_status ct_silu_multiply(const ct_tensor *gate, const ct_tensor *up, ct_tensor **out) {
    return made("silu_multiply", {gate, up}, out, [&] { return at::silu(gate->value).mul(up->value); });
}

ct_status ct_swiglu(const ct_tensor *gate_up, ct_tensor **out) {
    return made("swiglu", {gate_up}, out, [&] {
        const std::vector<at::Tensor> halves = gate_up->value.chunk(2, -1);
        return at::silu(halves.at(0)).mul(halves.at(1));
    });
}

ct_status ct_rotary(const ct_tensor *x, const ct_tensor *cos, const ct_tensor *sin, bool interleaved,
                    ct_tensor **out) {
    return made("rotary", {x, cos, sin}, out,
                [&] { return rotary(x->value, cos->value, sin->value, interleaved); });
}
