// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

#include "linear_tiles.hpp"

#include "kernels/parallel.hpp"
#include "kernels/tile_product.hpp"
#include "matrix_rows.hpp"

namespace glyph {

namespace {

/// Blocks of vectors and panels of weights whose sums, and the vectors' part of a pass, share the second-level cache.
constexpr int64_t most_blocks = 22, most_panels = 8;

at::Tensor wide(const at::Tensor &t) { return t.defined() ? t.to(at::kFloat).contiguous() : t; }

TileWeight rows_of(const NarrowWeight &weight) {
    const auto numbers = [](const at::Tensor &t) { return t.defined() ? t.data_ptr<float>() : nullptr; };
    const at::Tensor &values = weight.values;
    const at::ScalarType type = values.scalar_type();
    return {values.data_ptr(),
            type == at::kChar ? TileType::int8 : type == at::kFloat ? TileType::f32 : TileType::bf16,
            values.size(0), values.stride(0), numbers(weight.scales), numbers(weight.bias)};
}

at::Tensor run(const at::Tensor &x, NarrowWeight weight, NarrowWeight up) {
    for (NarrowWeight *part : {&weight, &up}) {
        part->scales = wide(part->scales);
        part->bias = wide(part->bias);
    }
    const bool is_gated = up.values.defined();
    at::Tensor flat = x.reshape({-1, x.size(-1)});
    if (!has_plain_rows(flat)) flat = flat.contiguous();
    std::vector<int64_t> sizes = x.sizes().vec();
    sizes.back() = weight.values.size(0);
    const at::Tensor result = at::empty(sizes, x.options());
    if (sizes.back() == 0) return result;
    const TileProduct product{rows_of(weight), is_gated ? rows_of(up) : TileWeight{}, is_gated, flat.size(1),
                              flat.data_ptr(), flat.size(0), flat.stride(0), result.data_ptr()};
    // A pair of bf16 has the size of an i32.
    const at::Tensor packed = at::empty({product.packed_size()}, at::TensorOptions(at::kInt));
    auto *pairs = reinterpret_cast<uint32_t *>(packed.data_ptr<int32_t>());
    parallel_items(product.blocks(), 1, [&](int64_t block, int64_t) { product.pack(block, pairs); });

    // Enough items for each thread to take several; how they are cut does not change a sum.
    const int64_t threads = std::max<int64_t>(at::get_num_threads(), 1), blocks = product.blocks();
    const int64_t across = (blocks + most_blocks - 1) / most_blocks, step = (blocks + across - 1) / across;
    const int64_t share = (product.panels() + 4 * threads - 1) / (4 * threads);
    const int64_t height = std::min(most_panels, share), down = (product.panels() + height - 1) / height;
    const int64_t size = height * step * tile_depth * tile_depth;
    const at::Tensor scratch = at::empty({threads, size}, at::TensorOptions(at::kFloat));
    parallel_items(down * across, 1, [&](int64_t item, int64_t thread) {
        const int64_t panel = item % down * height, block = item / down * step;
        product.run(panel, std::min(panel + height, product.panels()), block, std::min(block + step, blocks), pairs,
                    scratch.data_ptr<float>() + thread * size);
    });
    return result;
}

}  // namespace

bool fits_tiles(const at::Tensor &x, std::initializer_list<NarrowWeight> weights) {
    const bool is_narrow = x.scalar_type() == at::kBFloat16;
    if (!x.device().is_cpu() || x.dim() == 0 || x.size(-1) == 0 || x.numel() / x.size(-1) <= most_few || !has_tiles())
        return false;
    if (!is_narrow && (x.scalar_type() != at::kFloat || !splits_f32())) return false;
    for (const NarrowWeight &weight : weights) {
        const at::ScalarType type = weight.values.scalar_type();
        const bool is_int8 = is_narrow && type == at::kChar && weight.scales.defined();
        if ((type != x.scalar_type() && !is_int8) || !has_plain_rows(weight.values) ||
            records_gradient({x, weight.values, weight.bias}))
            return false;
    }
    return true;
}

at::Tensor linear_in_tiles(const at::Tensor &x, const NarrowWeight &weight) { return run(x, weight, {}); }

at::Tensor gated_linear_in_tiles(const at::Tensor &x, const NarrowWeight &gate, const NarrowWeight &up) {
    return run(x, gate, up);
}

}  // namespace glyph
