// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

// Blending of glyphs onto grey pages, in C because conversions between vectors of bytes and of words become vector
// instructions here, and a loop that every glyph goes through keeps its values in registers.

#ifndef CBLEND_H
#define CBLEND_H

#include <stddef.h>
#include <stdint.h>

/// The side in pixels of the tiles that coverage comes in.
enum { CBLEND_TILE = 8 };

/// A glyph's bitmap; its coverage follows in memory, 0 to 255, in rows of tiles of 64 bytes, padded with zeros.
typedef struct {
    /// Columns from the pen's pixel to the bitmap's first column, and rows from the baseline up to its first row.
    int32_t left, top;
    /// The inked size in pixels.
    int32_t width, rows;
} cblend_bitmap;

/// The bitmaps of a font by `glyph × 4 + fraction`, null when not yet drawn; other threads may add some.
typedef struct {
    const cblend_bitmap *const *bitmaps;
    size_t count;
} cblend_font;

/// A glyph at its pen position, laid out in memory as `PlacedGlyph` is.
typedef struct {
    uint32_t glyph;
    uint16_t font, color;
    /// The pen's x in quarter pixels.
    int32_t quarter_x;
    /// The baseline.
    int32_t y;
} cblend_glyph;

/// What is drawn on: grey pixels in rows that lie `stride` bytes apart, and with what.
///
/// Tiles that begin on the page are written as a whole, so rows have room for a tile beyond `width`, and there
/// are as many rows beyond `height`.
typedef struct {
    uint8_t *pixels;
    size_t stride;
    int64_t width, height;
    const cblend_font *fonts;
    size_t font_count;
    /// The grey levels of the palette.
    const uint8_t *greys;
    size_t grey_count;
} cblend_page;

/// Draws glyphs one after another: ⌊((255 − a) · d + a · c) / 255⌋ for coverage a, destination d and grey c (poppler's
/// Splash.cc, `pipeRunAARGB8`, opaque destination).
///
/// Returns how many it drew before one that is not known, not drawn by FreeType yet or not wholly on the page.
size_t cblend_glyphs(const cblend_page *page, const cblend_glyph *glyphs, size_t count);

#endif
