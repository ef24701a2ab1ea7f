// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

#include "cblend.h"

#include <stdbool.h>
#include <string.h>

typedef uint8_t Bytes __attribute__((vector_size(8)));
typedef uint16_t Words __attribute__((vector_size(16)));
// Eight pixels of a row and those below them.
typedef uint8_t Block __attribute__((vector_size(16)));

static inline Bytes load(const uint8_t *from) {
    Bytes bytes;
    memcpy(&bytes, from, sizeof bytes);
    return bytes;
}

static inline Block load_block(const uint8_t *from, size_t stride) {
    uint64_t rows[2];
    memcpy(&rows[0], from, 8);
    memcpy(&rows[1], from + stride, 8);
    Block block;
    memcpy(&block, rows, sizeof block);
    return block;
}

static inline void store_block(uint8_t *to, size_t stride, Block block) {
    uint64_t rows[2];
    memcpy(rows, &block, sizeof block);
    memcpy(to, &rows[0], 8);
    memcpy(to + stride, &rows[1], 8);
}

static inline void blend_row(uint8_t *pixels, const uint8_t *coverage, Words ink) {
    Words a = __builtin_convertvector(load(coverage), Words);
    Words d = __builtin_convertvector(load(pixels), Words);
    // ⌊t / 255⌋ = (t + 1 + ⌊(t + 1) / 256⌋) / 256 for every t up to 255².
    Words t = (255 - a) * d + a * ink + 1;
    Bytes blended = __builtin_convertvector((t + (t >> 8)) >> 8, Bytes);
    memcpy(pixels, &blended, sizeof blended);
}

// Blends black where no covered pixel is darker than white, which leaves 255 − a; false if there is one.
static inline bool blend_black_on_white(
    uint8_t *pixels, size_t stride, const uint8_t *coverage, size_t coverage_stride) {
    Block a = load_block(coverage, coverage_stride), d = load_block(pixels, stride);
    Block fits = (Block)((d == 255) | (a == 0));
    uint64_t rows[2];
    memcpy(rows, &fits, sizeof fits);
    if ((rows[0] & rows[1]) != UINT64_MAX) return false;
    store_block(pixels, stride, d ^ a);
    return true;
}

void cblend_grey(
    uint8_t *pixels, size_t stride, const uint8_t *coverage, size_t coverage_stride, size_t rows, uint8_t color) {
    const Words ink = (Words){0} + color;
    for (const uint8_t *end = coverage + rows * coverage_stride; coverage < end; coverage += 2 * coverage_stride) {
        for (size_t column = 0; column < coverage_stride; column += 8) {
            uint8_t *upper = pixels + column;
            const uint8_t *covered = coverage + column;
            // Text seldom overlaps, and this takes half of the time.
            if (color == 0 && blend_black_on_white(upper, stride, covered, coverage_stride)) continue;
            blend_row(upper, covered, ink);
            blend_row(upper + stride, covered + coverage_stride, ink);
        }
        pixels += 2 * stride;
    }
}
