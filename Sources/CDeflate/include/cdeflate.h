// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

// One-shot zlib compression and decompression by ISA-L (igzip). A shim, because ISA-L's stream struct is a nest of
// bit-packed unions that should not reach Swift.

#ifndef CDEFLATE_H
#define CDEFLATE_H

#include <stddef.h>
#include <stdint.h>

/// Bytes of scratch memory, aligned to 16, that `cdeflate_zlib` needs; allocate once per worker.
size_t cdeflate_scratch_size(void);

/// An upper bound on the compressed size of `length` bytes.
size_t cdeflate_bound(size_t length);

/// Compresses `input` as one zlib stream, of the same bytes wherever everything lies in memory. Returns the compressed
/// size, or 0 when `capacity` does not suffice.
size_t cdeflate_zlib(
    const uint8_t *input, size_t length, uint8_t *output, size_t capacity, uint8_t *scratch);

/// An upper bound on what `cdeflate_text_zlib` writes.
size_t cdeflate_text_bound(size_t width, size_t height);

/// Compresses a page of dark text on white as the rows of a PNG file with 8 bits a pixel and no filter: quicker and
/// larger than `cdeflate_zlib`, and much larger where little of the page is white. `pixels` are read as rows of `width`
/// bytes, `stride` bytes apart. Returns the compressed size, or 0 when `capacity` does not suffice, which it always does
/// from the bound on; half a byte a pixel is enough for most pages.
size_t cdeflate_text_zlib(
    const uint8_t *pixels, size_t stride, size_t width, size_t height, uint8_t *output, size_t capacity);

/// Builds the tables of `cdeflate_text_zlib` ahead of its first call.
void cdeflate_text_prepare(void);

/// Expands one whole zlib stream and checks its Adler-32. Returns the expanded size, or 0 when the stream is damaged
/// or incomplete, or `capacity` does not suffice. The tests read PNG files with it.
size_t cdeflate_inflate(const uint8_t *input, size_t length, uint8_t *output, size_t capacity);

/// CRC-32 as PNG chunks use it (polynomial 0xEDB88320), continuing from `crc` (0 to start).
uint32_t cdeflate_crc32(uint32_t crc, const uint8_t *input, size_t length);

#endif
