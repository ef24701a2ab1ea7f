// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

// Blocked attention on a processor's matrix tiles (AMX). Tiles multiply bf16; f32 is split into a high and a low part,
// together 16 bits of its 24, of which three products are summed.
#pragma once

#include <c10/util/BFloat16.h>

#include <cstdint>

namespace glyph {

/// A tile has 16 rows of 16 f32, or of 16 pairs of bf16. Sizes are rounded up to the two tiles of a product's side,
/// which is also the depth of one.
constexpr int64_t tile_side = 16, tile_depth = 2 * tile_side;

/// `tile_depth` queries of one head against a range of its keys, as `attend_in_tiles` takes them.
struct TileAttention {
    /// Queries [parts, tile_depth, width], the width a multiple of `tile_depth`; zeros beyond what there is.
    const c10::BFloat16 *q;
    int64_t width;
    /// Whether numbers have two parts.
    bool is_split;
    /// For each `tile_depth` keys and each part, `tile_depth * width / 2` pairs: keys as [2][width / 2][16 keys], where a
    /// pair lies along the width, and values as [width / 16][16 pairs of keys][16]. Zeros beyond what there is.
    const uint32_t *keys, *values;
    /// The range of keys that row i sees is low ..< min(high, first_high + i).
    int64_t low, high, first_high;
    /// What scores are multiplied by; positive.
    float scale;
    /// Results [tile_depth, width]; maxima and sums [tile_depth].
    float *out, *maxima, *sums;
};

/// Whether the processor multiplies tiles of bf16, and the system lets this process use them.
bool has_tiles();

/// Whether f32 is multiplied on tiles, too: its products then are off by up to 2^-16 of the numbers' magnitudes, which
/// `GLYPH_EXACT_F32=1` in the environment forbids.
bool splits_f32();

/// Numbers as high and low parts. Only where `has_tiles()`.
void split_row(const float *from, int64_t count, c10::BFloat16 *high, c10::BFloat16 *low);

/// As the kernel `attend`, but that weights are rounded or split before values are multiplied by them: scores,
/// exponentials and sums are f32. Only where `has_tiles()`.
void attend_in_tiles(const TileAttention &);

}  // namespace glyph
