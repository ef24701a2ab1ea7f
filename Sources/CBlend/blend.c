// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

#include "cblend.h"

#include <string.h>

typedef uint8_t Bytes __attribute__((vector_size(8)));
typedef uint16_t Words __attribute__((vector_size(16)));

static inline Bytes load(const uint8_t *from) {
    Bytes bytes;
    memcpy(&bytes, from, sizeof bytes);
    return bytes;
}

void cblend_grey(
    uint8_t *pixels, size_t stride, const uint8_t *coverage, size_t coverage_stride, size_t rows, uint8_t color) {
    const Words ink = (Words){0} + color;
    for (const uint8_t *end = coverage + rows * coverage_stride; coverage < end; coverage += coverage_stride) {
        for (size_t column = 0; column < coverage_stride; column += sizeof(Bytes)) {
            Words a = __builtin_convertvector(load(coverage + column), Words);
            Words d = __builtin_convertvector(load(pixels + column), Words);
            // ⌊t / 255⌋ = (t + 1 + ⌊(t + 1) / 256⌋) / 256 for every t up to 255².
            Words t = (255 - a) * d + a * ink + 1;
            Bytes blended = __builtin_convertvector((t + (t >> 8)) >> 8, Bytes);
            memcpy(pixels + column, &blended, sizeof blended);
        }
        pixels += stride;
    }
}
