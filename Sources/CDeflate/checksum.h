// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

// What both encoders do about ISA-L's checksums.

#ifndef CHECKSUM_H
#define CHECKSUM_H

#include <isa-l/igzip_lib.h>
#include <stddef.h>
#include <stdint.h>

#include "processor.h"

// ISA-L's checksums leave the upper halves of the vector registers in use, which slows down all code after them that
// only knows the lower halves: igzip itself by a sixth when it computes the checksum first.
#if defined(__x86_64__)
__attribute__((target("avx"))) static inline void release_upper_halves(void) { __builtin_ia32_vzeroupper(); }
#endif

static inline void end_checksum(void) {
#if defined(__x86_64__)
    if (has_avx()) release_upper_halves();
#endif
}

// Continues an Adler-32 with a row that is not filtered: a zero byte, which only adds the lower sum to the upper one,
// and the pixels.
static inline uint32_t adler32_of_row(uint32_t checksum, const uint8_t *row, size_t width) {
    uint32_t lower = checksum & 0xFFFF, upper = checksum >> 16;
    return isal_adler32(((upper + lower) % 65521) << 16 | lower, row, width);
}

#endif
