// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

// Samples of a picture. The channels of a vision tower's learned positions are adjacent, so that a bicubic sample is a
// sum of sixteen rows; libtorch goes through such a picture channel by channel.

#include <array>
#include <cmath>

#include "kernels/kernels.hpp"
#include "kernels/parallel.hpp"
#include "support.hpp"

using namespace glyph;

namespace {

constexpr int64_t bicubic = 2, border = 1;

/// The neighbours of a place along an axis, and what each counts; beyond an end, the end counts instead.
struct Taps {
    int64_t first, count;
    std::array<float, 4> weights{};

    /// A place from -1 to 1, which are the outer edges of the first and the last of `size`.
    Taps(float place, int64_t size) {
        constexpr float a = -0.75f;
        const auto near = [](float x) { return ((a + 2) * x - (a + 3)) * x * x + 1; };
        const auto far = [](float x) { return ((a * x - 5 * a) * x + 8 * a) * x - 4 * a; };
        const float x = ((place + 1) * static_cast<float>(size) - 1) / 2, t = x - std::floor(x);
        const std::array<float, 4> parts{far(t + 1), near(t), near(1 - t), far(2 - t)};
        // In this order no number at all becomes -2: an index must be one.
        const auto start = static_cast<int64_t>(std::floor(std::min(std::max(-2.0f, x), static_cast<float>(size + 1))));
        const auto inside = [&](int64_t index) { return std::min(std::max<int64_t>(index, 0), size - 1); };
        first = inside(start - 1);
        count = inside(start + 2) - first + 1;
        for (int64_t i = 0; i < 4; ++i) weights[inside(start - 1 + i) - first] += parts[i];
    }
};

/// Whether rows of channels can be added up: x [batch, channels, h, w], channels adjacent; grid [batch, oh, ow, 2].
bool has_rows(const at::Tensor &x, const at::Tensor &grid) {
    return x.dim() == 4 && grid.dim() == 4 && x.device().is_cpu() && grid.device().is_cpu() && x.numel() > 0 &&
           x.scalar_type() == at::kFloat && grid.scalar_type() == at::kFloat && x.stride(1) == 1 &&
           x.size(0) == grid.size(0) && grid.size(3) == 2 && !records_gradient({x, grid});
}

at::Tensor sample_rows(const at::Tensor &x, const at::Tensor &places) {
    const at::Tensor grid = places.contiguous();
    const int64_t channels = x.size(1), samples = grid.size(1) * grid.size(2);
    const at::Tensor result = at::zeros({x.size(0), grid.size(1), grid.size(2), channels}, x.options());
    const float *place = grid.data_ptr<float>(), *picture = x.data_ptr<float>();
    float *to = result.data_ptr<float>();
    parallel_ranges(x.size(0) * samples, 64, [&](int64_t begin, int64_t end) {
        for (int64_t i = begin; i < end; ++i) {
            const Taps columns(place[2 * i], x.size(3)), rows(place[2 * i + 1], x.size(2));
            const float *corner = picture + i / samples * x.stride(0) + columns.first * x.stride(3);
            for (int64_t row = 0; row < rows.count; ++row) {
                std::array<float, 4> weights;
                for (int64_t j = 0; j < 4; ++j) weights[j] = rows.weights[row] * columns.weights[j];
                kernels().weighted_sum_f32(corner + (rows.first + row) * x.stride(2), x.stride(3), columns.count,
                                           channels, weights.data(), 4, 1, to + i * channels, channels);
            }
        }
    });
    return result.permute({0, 3, 1, 2});
}

}  // namespace

ct_status ct_grid_sample(const ct_tensor *x, const ct_tensor *grid, ct_tensor **out) {
    return made("grid_sample", {x, grid}, out, [&] {
        if (has_rows(x->value, grid->value)) return sample_rows(x->value, grid->value);
        return at::grid_sampler(x->value, grid->value, bicubic, border, /*align_corners=*/false);
    });
}
