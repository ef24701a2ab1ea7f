// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

// Products with weight matrices. A few vectors are bound by reading the weight once, in whatever type it is stored;
// many go to the BLAS, with a narrow weight widened block by block so that it is never held twice.

#include "kernels/kernels.hpp"
#include "kernels/parallel.hpp"
#include "support.hpp"

using namespace glyph;

namespace {

/// Bytes of weight below which a second thread costs more than it saves.
constexpr int64_t bytes_per_thread = 96 << 10;
/// f32 elements of a widened block: large enough for the BLAS, small enough for the last cache.
constexpr int64_t block_elements = 1 << 20;

/// A weight in one of its forms: f32, bf16 or f16, or i8 with a scale for each row.
struct Weight {
    at::Tensor values, scales;
    int64_t rows() const { return values.size(0); }
    int64_t width() const { return values.size(1); }
    bool is(at::ScalarType type) const { return values.scalar_type() == type; }
};

void row_product(const Weight &weight, int64_t row, const RowProduct &product) {
    const int64_t offset = row * weight.values.stride(0);
    const Kernels &kernel = kernels();
    switch (weight.values.scalar_type()) {
        case at::kFloat: return kernel.row_product_f32(weight.values.data_ptr<float>() + offset, product);
        case at::kBFloat16: return kernel.row_product_bf16(weight.values.data_ptr<at::BFloat16>() + offset, product);
        case at::kHalf: return kernel.row_product_f16(weight.values.data_ptr<at::Half>() + offset, product);
        default: return kernel.row_product_i8(weight.values.data_ptr<int8_t>() + offset, product);
    }
}

void widen_row(const Weight &weight, int64_t row, float *to) {
    const int64_t offset = row * weight.values.stride(0), width = weight.width();
    const Kernels &kernel = kernels();
    switch (weight.values.scalar_type()) {
        case at::kBFloat16: return kernel.widen_bf16(weight.values.data_ptr<at::BFloat16>() + offset, to, width, 1);
        case at::kHalf: return kernel.widen_f16(weight.values.data_ptr<at::Half>() + offset, to, width, 1);
        default:
            return kernel.widen_i8(weight.values.data_ptr<int8_t>() + offset, to, width,
                                   weight.scales.data_ptr<float>()[row]);
    }
}

/// At most a few vectors x [m, in]: every row of the weight is read once.
at::Tensor few(const at::Tensor &x, const Weight &weight, const at::Tensor &bias) {
    const int64_t rows = weight.rows(), width = weight.width(), m = x.size(0);
    const at::Tensor wide = x.to(at::kFloat).contiguous();
    const at::Tensor result = at::empty({m, rows}, wide.options());
    const float *input = wide.data_ptr<float>();
    float *output = result.data_ptr<float>();
    const float *scales = weight.scales.defined() ? weight.scales.data_ptr<float>() : nullptr;
    const float *shift = bias.defined() ? bias.data_ptr<float>() : nullptr;
    const int64_t grain = std::max<int64_t>(4, bytes_per_thread / (width * weight.values.element_size() + 1));
    parallel_ranges(rows, grain, [&](int64_t begin, int64_t end) {
        for (int64_t first = 0; first < m; first += max_vectors) {
            const int64_t vectors = std::min(max_vectors, m - first);
            float *y = output + first * rows + begin;
            row_product(weight, begin, {end - begin, width, weight.values.stride(0), input + first * width, vectors,
                                        width, y, rows});
            for (int64_t j = 0; j < vectors; ++j)
                for (int64_t r = begin; r < end; ++r) {
                    float &sum = output[(first + j) * rows + r];
                    if (scales) sum *= scales[r];
                    if (shift) sum += shift[r];
                }
        }
    });
    return result;
}

/// Many vectors x [m, in] and a weight that is not f32.
at::Tensor many(const at::Tensor &x, const Weight &weight, const at::Tensor &bias) {
    const int64_t rows = weight.rows(), width = weight.width();
    const at::Tensor wide = x.to(at::kFloat);
    at::Tensor result = at::empty({x.size(0), rows}, wide.options());
    const int64_t step = std::min(rows, std::max<int64_t>(64, block_elements / std::max<int64_t>(width, 1)));
    const at::Tensor block = at::empty({step, width}, wide.options());
    float *widened = block.data_ptr<float>();
    for (int64_t first = 0; first < rows; first += step) {
        const int64_t count = std::min(step, rows - first);
        parallel_ranges(count, 16, [&](int64_t begin, int64_t end) {
            for (int64_t row = begin; row < end; ++row) widen_row(weight, first + row, widened + row * width);
        });
        at::Tensor part = result.narrow(1, first, count);
        at::mm_out(part, wide, block.narrow(0, 0, count).t());
    }
    if (bias.defined()) result.add_(bias);
    return result;
}

at::Tensor product(const at::Tensor &x, const Weight &weight, const at::Tensor &bias) {
    std::vector<int64_t> sizes = x.sizes().vec();
    sizes.back() = weight.rows();
    const at::Tensor flat = x.reshape({-1, x.size(-1)});
    const at::Tensor shift = bias.defined() ? bias.to(at::kFloat).contiguous() : bias;
    // Rows of an f32 weight go through the cache once in either way; the BLAS wins as soon as it has tiles to fill.
    const int64_t most = weight.is(at::kFloat) ? 4 : max_vectors;
    const at::Tensor result = flat.size(0) <= most ? few(flat, weight, shift) : many(flat, weight, shift);
    return result.to(x.scalar_type()).reshape(sizes);
}

bool is_narrow(at::ScalarType type) { return type == at::kBFloat16 || type == at::kHalf; }

void check_sizes(const at::Tensor &x, const at::Tensor &weight, const at::Tensor &bias) {
    TORCH_CHECK(weight.dim() == 2 && x.dim() > 0 && x.size(-1) == weight.size(1),
                "the last dimension of the input must match the weight [out, in]");
    TORCH_CHECK(!bias.defined() || (bias.dim() == 1 && bias.size(0) == weight.size(0)),
                "the size of the bias must match the weight [out, in]");
}

at::Tensor linear(const at::Tensor &x, const at::Tensor &weight, const at::Tensor &bias) {
    check_sizes(x, weight, bias);
    const at::ScalarType type = x.scalar_type(), stored = weight.scalar_type();
    const bool native = type == stored && (stored == at::kFloat || stored == at::kDouble || ct_cpu_has_bf16());
    const bool recorded = records_gradient({x, weight, bias});
    if (!x.device().is_cpu() || recorded || !x.is_floating_point() || x.numel() == 0) {
        if (x.device().is_cpu() && (is_narrow(type) || is_narrow(stored)) && !native) {
            // Without instructions for it, libtorch multiplies bf16 one element at a time.
            const at::Tensor b = bias.defined() ? bias.to(at::kFloat) : bias;
            return at::linear(x.to(at::kFloat), weight.to(at::kFloat), b).to(type);
        }
        return at::linear(x, weight.to(type), bias.defined() ? bias.to(type) : bias);
    }
    const int64_t m = x.numel() / x.size(-1);
    const bool plain = has_plain_rows(weight) && (stored == at::kFloat || is_narrow(stored));
    if (plain && (m <= (stored == at::kFloat ? 4 : max_vectors) || (!native && is_narrow(stored))))
        return product(x, {weight, {}}, bias);
    if (native) return at::linear(x, weight, bias.defined() ? bias.to(type) : bias);
    const at::Tensor b = bias.defined() ? bias.to(at::kFloat) : bias;
    return at::linear(x.to(at::kFloat), weight.to(at::kFloat), b).to(type);
}

at::Tensor linear_int8(const at::Tensor &x, const at::Tensor &q, const at::Tensor &scales, const at::Tensor &bias) {
    check_sizes(x, q, bias);
    TORCH_CHECK(q.scalar_type() == at::kChar && scales.scalar_type() == at::kFloat && scales.dim() == 1 &&
                    scales.size(0) == q.size(0),
                "an int8 weight is i8 [out, in] with f32 scales of size [out]");
    TORCH_CHECK(!records_gradient({x}), "an int8 weight takes no part in gradients");
    if (x.device().is_cpu() && x.is_floating_point() && x.numel() > 0 && has_plain_rows(q))
        return product(x, {q, scales.contiguous()}, bias);
    const at::Tensor weight = q.to(x.scalar_type()).mul(scales.to(x.scalar_type()).unsqueeze(1));
    return at::linear(x, weight, bias.defined() ? bias.to(x.scalar_type()) : bias);
}

}  // namespace

ct_status ct_matmul(const ct_tensor *a, const ct_tensor *b, ct_tensor **out) {
    return made("matmul", {a, b}, out, [&] {
        const at::ScalarType type = a->value.scalar_type();
        if (a->value.device().is_cpu() && is_narrow(type) && b->value.scalar_type() == type && !ct_cpu_has_bf16())
            return at::matmul(a->value.to(at::kFloat), b->value.to(at::kFloat)).to(type);
        return at::matmul(a->value, b->value);
    });
}

ct_status ct_linear(const ct_tensor *x, const ct_tensor *weight, const ct_tensor *bias, ct_tensor **out) {
    return made("linear", {x, weight, bias}, out, [&] { return linear(x->value, weight->value, optional(bias)); });
}

ct_status ct_quantize_int8(const ct_tensor *weight, ct_tensor **q, ct_tensor **scales) {
    return guarded("quantize_int8", {weight}, [&] {
        TORCH_CHECK(weight->value.dim() == 2, "the weight must have 2 dimensions");
        const at::Tensor source = weight->value.detach();
        const at::Tensor scale = std::get<0>(source.abs().max(1)).to(at::kFloat).div(127);
        at::Tensor result = at::empty(source.sizes(), source.options().dtype(at::kChar));
        // Block by block: a whole weight in f32 may be larger than what is left.
        const int64_t rows = source.size(0);
        const int64_t step = std::max<int64_t>(1, block_elements / std::max<int64_t>(source.size(1), 1));
        for (int64_t first = 0; first < rows; first += step) {
            const int64_t count = std::min(step, rows - first);
            const at::Tensor part = scale.narrow(0, first, count).unsqueeze(1);
            const at::Tensor divisor = at::where(part > 0, part, at::ones_like(part));
            result.narrow(0, first, count)
                .copy_(source.narrow(0, first, count).to(at::kFloat).div(divisor).round().clamp(-127, 127));
        }
        auto values = std::make_unique<ct_tensor>(ct_tensor{result});
        give(scale, scales);
        *q = values.release();
    });
}

ct_status ct_linear_int8(const ct_tensor *x, const ct_tensor *q, const ct_tensor *scales, const ct_tensor *bias,
                         ct_tensor **out) {
    return made("linear_int8", {x, q, scales, bias}, out,
                [&] { return linear_int8(x->value, q->value, scales->value, optional(bias)); });
}
