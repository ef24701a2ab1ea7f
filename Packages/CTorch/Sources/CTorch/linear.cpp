// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

// Products with weight matrices. A few vectors are bound by reading the weight once, in whatever type it is stored; for
// many, blocks of it are widened and packed so that a weight is never held twice. On matrix tiles narrow types have a
// form of their own.

#include <algorithm>
#include <cmath>
#include <cstring>

#include "fused_gradient.hpp"
#include "kernels/kernels.hpp"
#include "kernels/parallel.hpp"
#include "linear_tiles.hpp"
#include "matrix_rows.hpp"
#include "support.hpp"

using namespace glyph;

namespace {

/// Bytes of weight below which a second thread costs more than it saves.
constexpr int64_t bytes_per_thread = 96 << 10;
/// Elements that are converted at a time, where a whole weight as f32 would be too much.
constexpr int64_t block_elements = 1 << 20;
/// Blocks of a product: inputs [block_inputs, block_depth] and weights [block_rows, block_depth] share the second-level
/// cache. The number of inputs is a multiple of every instruction set's tile rows.
constexpr int64_t block_inputs = 96, block_rows = 256, block_depth = 256;

/// A weight in one of its forms: f32, bf16 or f16, or i8 with a scale for each row.
struct Weight {
    at::Tensor values, scales;
    int64_t rows() const { return values.size(0); }
    int64_t width() const { return values.size(1); }
    bool is(at::ScalarType type) const { return values.scalar_type() == type; }
};

/// Widens part of a row; of int8, with its scale.
void widen(const Weight &weight, int64_t row, int64_t start, int64_t count, float *to) {
    const int64_t offset = row * weight.values.stride(0) + start;
    const Kernels &kernel = kernels();
    switch (weight.values.scalar_type()) {
        case at::kBFloat16: return kernel.widen_bf16(weight.values.data_ptr<at::BFloat16>() + offset, to, count, 1);
        case at::kHalf: return kernel.widen_f16(weight.values.data_ptr<at::Half>() + offset, to, count, 1);
        default:
            return kernel.widen_i8(weight.values.data_ptr<int8_t>() + offset, to, count,
                                   weight.scales.data_ptr<float>()[row]);
    }
}

/// Packs a panel of `count` rows, `depth` entries from `start` of each.
void pack(const Weight &weight, int64_t row, int64_t count, int64_t start, int64_t depth, float *wide, float *panel) {
    if (weight.is(at::kFloat)) {
        const int64_t stride = weight.values.stride(0);
        return kernels().pack_panel(weight.values.data_ptr<float>() + row * stride + start, stride, count, depth, panel);
    }
    for (int64_t r = 0; r < count; ++r) widen(weight, row + r, start, depth, wide + r * depth);
    kernels().pack_panel(wide, depth, count, depth, panel);
}

/// At most a few vectors x [m, in]: every row of the weight is read once.
at::Tensor few(const at::Tensor &x, const Weight &weight, const at::Tensor &bias) {
    const int64_t rows = weight.rows(), width = weight.width(), m = x.size(0);
    const at::Tensor wide = x.to(at::kFloat).contiguous();
    const at::Tensor result = at::empty({m, rows}, wide.options());
    const float *input = wide.data_ptr<float>();
    float *output = result.data_ptr<float>();
    const MatrixRows matrix(weight.values, weight.scales, bias);
    const int64_t grain = std::max<int64_t>(4, bytes_per_thread / (matrix.row_bytes + 1));
    parallel_ranges(rows, grain, [&](int64_t begin, int64_t end) {
        matrix.multiply(begin, end, input, width, m, output, rows);
    });
    return result;
}

/// Inputs, packed: for each block of the depth, all rows of it.
struct PackedInput {
    at::Tensor memory;
    int64_t rows, padded, width;

    /// x [m, in], f32 or bf16, with plain rows.
    PackedInput(const at::Tensor &x, int64_t tile_rows)
        : rows(x.size(0)), padded((rows + tile_rows - 1) / tile_rows * tile_rows), width(x.size(1)) {
        memory = at::empty({padded * width}, at::TensorOptions(at::kFloat));
        const at::Tensor source = x.scalar_type() == at::kBFloat16 ? x : x.to(at::kFloat);
        parallel_ranges(padded, std::max<int64_t>(1, block_elements / 16 / std::max<int64_t>(width, 1)),
                        [&](int64_t begin, int64_t end) {
                            for (int64_t row = begin; row < end; ++row) pack_row(source, row);
                        });
    }

    float *block(int64_t first) const { return memory.data_ptr<float>() + padded * first; }

    void pack_row(const at::Tensor &x, int64_t row) const {
        for (int64_t first = 0; first < width; first += block_depth) {
            const int64_t depth = std::min(block_depth, width - first), offset = row * x.stride(0) + first;
            float *to = block(first) + row * depth;
            if (row >= rows) {
                std::fill(to, to + depth, 0.0f);
            } else if (x.scalar_type() == at::kBFloat16) {
                kernels().widen_bf16(x.data_ptr<at::BFloat16>() + offset, to, depth, 1);
            } else {
                std::memcpy(to, x.data_ptr<float>() + offset, depth * sizeof(float));
            }
        }
    }
};

/// Many vectors x [m, in]: blocks of the weight are widened and transposed, and stay in the second-level cache while
/// all vectors pass by.
at::Tensor many(const at::Tensor &x, const Weight &weight, const at::Tensor &bias) {
    const Kernels &kernel = kernels();
    const int64_t rows = weight.rows(), width = weight.width(), columns = kernel.tile_columns;
    const at::Tensor result = at::empty({x.size(0), rows}, at::TensorOptions(at::kFloat));
    if (rows == 0) return result;
    const PackedInput input(x, kernel.tile_rows);
    float *output = result.data_ptr<float>();
    // Enough blocks for each thread to take several; how wide they are does not change a sum.
    const int64_t threads = at::get_num_threads(), share = (rows + 4 * threads - 1) / (4 * threads);
    const int64_t step = std::min(block_rows, (share + columns - 1) / columns * columns);
    const int64_t scratch_size = (block_rows + columns) * block_depth;
    const at::Tensor scratch = at::empty({std::max<int64_t>(threads, 1), scratch_size}, result.options());
    parallel_items((rows + step - 1) / step, 1, [&](int64_t item, int64_t thread) {
        float *panels = scratch.data_ptr<float>() + thread * scratch_size, *wide = panels + block_rows * block_depth;
        const int64_t first = item * step, count = std::min(step, rows - first);
        for (int64_t row = 0; bias.defined() && row < input.rows; ++row)
            std::memcpy(output + row * rows + first, bias.data_ptr<float>() + first, count * sizeof(float));
        for (int64_t start = 0; start < width; start += block_depth) {
            const int64_t depth = std::min(block_depth, width - start);
            for (int64_t column = 0; column < count; column += columns)
                pack(weight, first + column, std::min(columns, count - column), start, depth, wide,
                     panels + column * depth);
            // A block of rows at a time, so that it stays in the cache for all panels.
            for (int64_t row = 0; row < input.rows; row += block_inputs)
                kernel.panel_product({input.block(start) + row * depth, std::min(block_inputs, input.rows - row), depth,
                                      panels, count, output + row * rows + first, rows,
                                      /*accumulates=*/start > 0 || bias.defined()});
        }
    });
    return result;
}

at::Tensor product(const at::Tensor &x, const Weight &weight, const at::Tensor &bias) {
    std::vector<int64_t> sizes = x.sizes().vec();
    sizes.back() = weight.rows();
    const at::Tensor flat = x.reshape({-1, x.size(-1)});
    const at::Tensor shift = bias.defined() ? bias.to(at::kFloat).contiguous() : bias;
    const at::Tensor result = flat.size(0) <= most_few ? few(flat, weight, shift) : many(flat, weight, shift);
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
    if (fits_tiles(x, {{weight, {}, bias}})) return linear_in_tiles(x, {weight, {}, bias});
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
    if (plain && (m <= most_few || !native || stored == at::kFloat)) return product(x, {weight, {}}, bias);
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
    if (fits_tiles(x, {{q, scales, bias}})) return linear_in_tiles(x, {q, scales, bias});
    if (x.device().is_cpu() && x.is_floating_point() && x.numel() > 0 && has_plain_rows(q))
        return product(x, {q, scales.contiguous()}, bias);
    const at::Tensor weight = q.to(x.scalar_type()).mul(scales.to(x.scalar_type()).unsqueeze(1));
    return at::linear(x, weight, bias.defined() ? bias.to(x.scalar_type()) : bias);
}

/// Divides a row by its scale, which is returned, and rounds to the nearest whole numbers. Where a number is not
/// finite, neither is the scale, and nothing is written.
float quantize_row(const float *row, int64_t width, int8_t *to) {
    // Magnitudes compare as their bits do, and whole numbers compare many at a time.
    int32_t bits = 0;
    for (int64_t i = 0; i < width; ++i) {
        int32_t own;
        std::memcpy(&own, row + i, sizeof own);
        bits = std::max(bits, own & 0x7FFFFFFF);
    }
    float largest;
    std::memcpy(&largest, &bits, sizeof bits);
    const float scale = largest / 127, divisor = scale > 0 ? scale : 1;
    if (!std::isfinite(scale)) return scale;
    // So large that a sum has no place for a fraction: adding it rounds.
    constexpr float shift = 12582912;
    for (int64_t i = 0; i < width; ++i)
        to[i] = static_cast<int8_t>(static_cast<int32_t>(row[i] / divisor + shift - shift));
    return scale;
}

at::Tensor linear_in(const at::Tensor &x, const NarrowWeight &weight) {
    return weight.scales.defined() ? linear_int8(x, weight.values, weight.scales, weight.bias)
                                   : linear(x, weight.values, weight.bias);
}

}  // namespace

ct_status ct_gated_linear(const ct_tensor *x, const ct_tensor *gate_up, const ct_tensor *scales, ct_tensor **out) {
    return made("gated_linear", {x, gate_up, scales}, out, [&] {
        const at::Tensor &both = gate_up->value, factors = optional(scales);
        TORCH_CHECK(both.dim() == 2 && both.size(0) % 2 == 0, "gate and up must be the halves of one weight [out, in]");
        check_sizes(x->value, both, {});
        const int64_t rows = both.size(0) / 2;
        const auto half = [&](int64_t first) {
            const at::Tensor own = factors.defined() ? factors.narrow(0, first, rows) : factors;
            return NarrowWeight{both.narrow(0, first, rows), own, {}};
        };
        if (fits_tiles(x->value, {half(0), half(rows)})) return gated_linear_in_tiles(x->value, half(0), half(rows));
        const at::Tensor product = linear_in(x->value, {both, factors, {}});
        return silu_multiply(product.narrow(-1, 0, rows), product.narrow(-1, rows, rows));
    });
}

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
        TORCH_CHECK(weight->value.dim() == 2 && weight->value.is_floating_point(),
                    "the weight must have 2 dimensions and a floating-point type");
        const at::Tensor source = weight->value.detach();
        const at::ScalarType type = source.scalar_type();
        const bool is_known = has_plain_rows(source) && (type == at::kFloat || is_narrow(type));
        const Weight from{is_known ? source : source.to(at::kCPU, at::kFloat).contiguous(), {}};
        const int64_t rows = from.rows(), width = from.width();
        const at::Tensor scale = at::empty({rows}, at::TensorOptions(at::kFloat));
        const at::Tensor result = at::empty({rows, width}, at::TensorOptions(at::kChar));
        // Row by row: a whole weight in f32 may be larger than what is left.
        const int64_t step = std::max<int64_t>(1, block_elements / std::max<int64_t>(width, 1));
        const at::Tensor wide = at::empty({std::max<int64_t>(at::get_num_threads(), 1), width}, scale.options());
        parallel_items((rows + step - 1) / step, 1, [&](int64_t item, int64_t thread) {
            float *own = wide.data_ptr<float>() + thread * width;
            for (int64_t row = item * step; row < std::min(rows, (item + 1) * step); ++row) {
                if (!from.is(at::kFloat)) widen(from, row, 0, width, own);
                const float *numbers =
                    from.is(at::kFloat) ? from.values.data_ptr<float>() + row * from.values.stride(0) : own;
                scale.data_ptr<float>()[row] = quantize_row(numbers, width, result.data_ptr<int8_t>() + row * width);
            }
        });
        // Else a damaged file would become a model that talks nonsense. Outside of the threads: they must not throw.
        const float *first = scale.data_ptr<float>(), *end = first + rows;
        const float *odd = std::find_if_not(first, end, [](float factor) { return std::isfinite(factor); });
        TORCH_CHECK(odd == end, "row ", odd - first, " of the weight has a number that is not finite");
        auto values = std::make_unique<ct_tensor>(ct_tensor{result.to(source.device())});
        give(scale.to(source.device()), scales);
        *q = values.release();
    });
}

ct_status ct_linear_int8(const ct_tensor *x, const ct_tensor *q, const ct_tensor *scales, const ct_tensor *bias,
                         ct_tensor **out) {
    return made("linear_int8", {x, q, scales, bias}, out,
                [&] { return linear_int8(x->value, q->value, scales->value, optional(bias)); });
}
