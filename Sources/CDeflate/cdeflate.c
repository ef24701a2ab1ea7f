// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

#include "cdeflate.h"

#include <isa-l/crc.h>
#include <isa-l/igzip_lib.h>
#include <stdbool.h>

#include "checksum.h"

// The compressor's state and what it works in.
typedef struct {
    struct isal_zstream stream;
    uint8_t buffer[ISAL_DEF_LVL1_DEFAULT];
} Scratch;

size_t cdeflate_scratch_size(void) { return sizeof(Scratch); }

size_t cdeflate_bound(size_t length) { return length + length / 64 + 1024; }

// igzip hashes for the second byte of a long input not what follows but what a register holds, an address
// (igzip_icf_body_h1_gr_bt.asm, `.write_first_byte`, in versions up to 2.32), so that one page in thousands
// would be compressed with other matches in another run. Inputs up to this length go through other code, after
// which the rest is no beginning.
enum { SAFE_BEGINNING = 16 };

static bool deflate_part(struct isal_zstream *stream, const uint8_t *input, size_t length, bool is_last) {
    stream->next_in = (uint8_t *)input;
    stream->avail_in = (uint32_t)length;
    stream->end_of_stream = is_last;
    stream->flush = is_last ? NO_FLUSH : SYNC_FLUSH;
    return isal_deflate(stream) == COMP_OK && stream->avail_in == 0;
}

size_t cdeflate_zlib(
    const uint8_t *input, size_t length, uint8_t *output, size_t capacity, uint8_t *scratch) {
    if (length > UINT32_MAX || capacity > UINT32_MAX || capacity < 6) return 0;
    output[0] = 0x78;  // RFC 1950: deflate with a window of 32 KiB, fastest
    output[1] = 0x01;
    struct isal_zstream *stream = &((Scratch *)scratch)->stream;
    isal_deflate_init(stream);
    stream->gzip_flag = IGZIP_DEFLATE;
    stream->level = 1;
    stream->level_buf = ((Scratch *)scratch)->buffer;
    stream->level_buf_size = ISAL_DEF_LVL1_DEFAULT;
    stream->next_out = output + 2;
    stream->avail_out = (uint32_t)capacity - 6;
    size_t beginning = length > SAFE_BEGINNING ? SAFE_BEGINNING : 0;
    if (beginning > 0 && !deflate_part(stream, input, beginning, false)) return 0;
    if (!deflate_part(stream, input + beginning, length - beginning, true)) return 0;
    if (stream->internal_state.state != ZSTATE_END) return 0;
    uint32_t checksum = isal_adler32(1, input, length);
    end_checksum();
    uint8_t *trailer = stream->next_out;
    for (int shift = 24; shift >= 0; shift -= 8) *trailer++ = (uint8_t)(checksum >> shift);
    return stream->total_out + 6;
}

size_t cdeflate_inflate(const uint8_t *input, size_t length, uint8_t *output, size_t capacity) {
    if (length > UINT32_MAX || capacity > UINT32_MAX) return 0;
    struct inflate_state state;
    isal_inflate_init(&state);
    state.crc_flag = ISAL_ZLIB;
    state.next_in = (uint8_t *)input;
    state.avail_in = (uint32_t)length;
    state.next_out = output;
    state.avail_out = (uint32_t)capacity;
    if (isal_inflate(&state) != ISAL_DECOMP_OK || state.block_state != ISAL_BLOCK_FINISH) return 0;
    return state.total_out;
}

uint32_t cdeflate_crc32(uint32_t crc, const uint8_t *input, size_t length) {
    uint32_t checksum = crc32_gzip_refl(crc, input, length);
    end_checksum();
    return checksum;
}
