// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

// Blending of glyphs, in C because conversions between vectors of bytes and of words become vector instructions here.

#ifndef CBLEND_H
#define CBLEND_H

#include <stddef.h>
#include <stdint.h>

/// Blends a glyph of one grey onto grey pixels: ⌊((255 − a) · d + a · color) / 255⌋ for coverage a and destination d
/// (poppler's Splash.cc, `pipeRunAARGB8`, opaque destination).
///
/// `coverage` is `rows` rows, an even number, of `coverage_stride` bytes, a multiple of eight, all of which are read and,
/// in rows that lie `stride` bytes apart, written.
void cblend_grey(
    uint8_t *pixels, size_t stride, const uint8_t *coverage, size_t coverage_stride, size_t rows, uint8_t color);

#endif
