// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

// Products of many vectors with a weight on matrix tiles (AMX), without a copy of the weight in another order. Tiles
// multiply bf16; f32 is split into a high and a low part, of which three products are summed.
//
// The weight is the left side: its rows are read as they lie in memory. The right side are the vectors, which are packed
// once. Blocks of rows stay in the nearest cache while a part of all vectors, which fits the next one, passes by;
// sums are f32 and turned when they are complete.
#pragma once

#include "tiles.hpp"

namespace glyph {

enum class TileType { bf16, int8, f32 };

/// Rows of a weight; int8 has a scale for each row. Scales and shift, one for each row, may be null.
struct TileWeight {
    const void *values;
    TileType type;
    int64_t rows, stride;
    const float *scales, *shift;
};

/// y [count, outputs] = x · wᵀ, or silu(x · gateᵀ) · (x · upᵀ). All are f32, or x and y bf16.
struct TileProduct {
    /// The weight, or gate and up with equal rows.
    TileWeight weight, up;
    bool is_gated;
    int64_t width;
    const void *x;
    int64_t count, x_stride;
    void *y;

    /// Depth of a pass: 32 rows of it and their vectors come from the nearest caches.
    static constexpr int64_t pass_depth = 256;

    bool is_split() const { return weight.type == TileType::f32; }
    int64_t parts() const { return is_split() ? 2 : 1; }
    int64_t outputs() const { return weight.rows; }
    /// Outputs that 32 rows of weights make: half of them where gate and up go together.
    int64_t panel_outputs() const { return is_gated ? tile_side : tile_depth; }
    int64_t panels() const { return (outputs() + panel_outputs() - 1) / panel_outputs(); }
    /// Blocks of 32 vectors.
    int64_t blocks() const { return (count + tile_depth - 1) / tile_depth; }
    int64_t padded_width() const { return (width + tile_depth - 1) / tile_depth * tile_depth; }
    /// Where the pairs of a block lie in a pass that begins at a depth and is so deep.
    int64_t offset(int64_t start, int64_t depth, int64_t block) const {
        return tile_side * parts() * (blocks() * start + block * depth);
    }
    /// Pairs of all packed vectors.
    int64_t packed_size() const { return blocks() * tile_side * parts() * padded_width(); }

    /// Packs one block of vectors as [pass][block][parts][2][depth / 2][16] pairs.
    void pack(int64_t block, uint32_t *packed) const;
    /// Multiplies ranges of panels and of packed blocks; `sums` has 1,024 places for each pair of them.
    void run(int64_t first_panel, int64_t end_panel, int64_t first_block, int64_t end_block, const uint32_t *packed,
             float *sums) const;

private:
    template <bool splits>
    void sum(int64_t first_panel, int64_t end_panel, int64_t first_block, int64_t end_block, const uint32_t *packed,
             float *sums) const;
};

}  // namespace glyph
