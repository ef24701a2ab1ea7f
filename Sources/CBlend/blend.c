// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

#include "cblend.h"

#include <stdbool.h>
#include <string.h>

typedef uint8_t Bytes __attribute__((vector_size(CBLEND_TILE)));
typedef uint16_t Words __attribute__((vector_size(2 * CBLEND_TILE)));
// Two rows of a tile.
typedef uint8_t Rows __attribute__((vector_size(2 * CBLEND_TILE)));

static inline Rows load_rows(const uint8_t *upper, size_t stride) {
    uint64_t rows[2];
    memcpy(&rows[0], upper, CBLEND_TILE);
    memcpy(&rows[1], upper + stride, CBLEND_TILE);
    Rows loaded;
    memcpy(&loaded, rows, sizeof loaded);
    return loaded;
}

static inline void store_rows(uint8_t *upper, size_t stride, Rows stored) {
    uint64_t rows[2];
    memcpy(rows, &stored, sizeof rows);
    memcpy(upper, &rows[0], CBLEND_TILE);
    memcpy(upper + stride, &rows[1], CBLEND_TILE);
}

static inline bool is_zero(Rows value) {
    uint64_t halves[2];
    memcpy(halves, &value, sizeof halves);
    return (halves[0] | halves[1]) == 0;
}

// Makes d ⊕ a of a tile, which is 255 − a on white; doing it again takes it back. Whether no covered pixel was darker.
static inline bool blend_black_on_white(uint8_t *pixels, size_t stride, const uint8_t *coverage) {
    Rows darker = {0};
    // Rows are written as early as can be, because the next glyph reads some of the same words.
#pragma clang loop unroll(full)
    for (size_t row = 0; row < CBLEND_TILE; row += 2) {
        Rows a = load_rows(coverage + row * CBLEND_TILE, CBLEND_TILE), d = load_rows(pixels + row * stride, stride);
        store_rows(pixels + row * stride, stride, d ^ a);
        darker |= __builtin_elementwise_min(~d, a);
    }
    return is_zero(darker);
}

static inline Words load_words(const uint8_t *from) {
    Bytes bytes;
    memcpy(&bytes, from, sizeof bytes);
    return __builtin_convertvector(bytes, Words);
}

static __attribute__((noinline)) void blend(uint8_t *pixels, size_t stride, const uint8_t *coverage, uint8_t grey) {
    for (size_t row = 0; row < CBLEND_TILE; row++) {
        Words a = load_words(coverage + row * CBLEND_TILE), d = load_words(pixels + row * stride);
        // ⌊t / 255⌋ = (t + 1 + ⌊(t + 1) / 256⌋) / 256 for every t up to 255².
        Words t = (255 - a) * d + a * grey + 1;
        Bytes blended = __builtin_convertvector((t + (t >> 8)) >> 8, Bytes);
        memcpy(pixels + row * stride, &blended, sizeof blended);
    }
}

static inline void blend_tile(uint8_t *pixels, size_t stride, const uint8_t *coverage, uint8_t grey) {
    // Text seldom overlaps, and this takes half of the time.
    if (grey == 0) {
        if (blend_black_on_white(pixels, stride, coverage)) return;
        blend_black_on_white(pixels, stride, coverage);
    }
    blend(pixels, stride, coverage, grey);
}

// Blends a glyph of several tiles.
static __attribute__((noinline)) void blend_tiles(
    uint8_t *pixels, size_t stride, const uint8_t *coverage, const cblend_bitmap *bitmap, uint8_t grey) {
    for (int32_t row = 0; row < bitmap->rows; row += CBLEND_TILE) {
        for (int32_t column = 0; column < bitmap->width; column += CBLEND_TILE) {
            blend_tile(pixels + column, stride, coverage, grey);
            coverage += CBLEND_TILE * CBLEND_TILE;
        }
        pixels += CBLEND_TILE * stride;
    }
}

size_t cblend_glyphs(const cblend_page *page, const cblend_glyph *glyphs, size_t count) {
    const cblend_page on = *page;
    for (size_t drawn = 0; drawn < count; drawn++) {
        const cblend_glyph glyph = glyphs[drawn];
        if (glyph.font >= on.font_count || glyph.color >= on.grey_count) return drawn;
        const cblend_font *font = &on.fonts[glyph.font];
        size_t index = (size_t)glyph.glyph * 4 + (glyph.quarter_x & 3);
        if (index >= font->count) return drawn;
        const cblend_bitmap *bitmap = __atomic_load_n(&font->bitmaps[index], __ATOMIC_ACQUIRE);
        if (bitmap == NULL) return drawn;
        if (bitmap->rows == 0) continue;
        int64_t x = (int64_t)(glyph.quarter_x >> 2) + bitmap->left, y = (int64_t)glyph.y - bitmap->top;
        if (x < 0 || y < 0 || x + bitmap->width > on.width || y + bitmap->rows > on.height) return drawn;
        uint8_t *pixels = on.pixels + (size_t)y * on.stride + (size_t)x, grey = on.greys[glyph.color];
        const uint8_t *coverage = (const uint8_t *)(bitmap + 1);
        // Nearly every glyph of text is one tile, whose rows are counted in registers only if no loop goes on to the next.
        if (bitmap->width <= CBLEND_TILE && bitmap->rows <= CBLEND_TILE) {
            blend_tile(pixels, on.stride, coverage, grey);
        } else {
            blend_tiles(pixels, on.stride, coverage, bitmap, grey);
        }
    }
    return count;
}
