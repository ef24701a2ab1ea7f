// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

// PNG, JPEG and WebP files to pixels, by libpng, libjpeg-turbo and libwebp. A shim, because libpng and libjpeg report
// errors by longjmp, which must not cross into Swift, and because their entry points are macros.

#ifndef CIMAGECODECS_H
#define CIMAGECODECS_H

#include <stddef.h>
#include <stdint.h>

// The formats that can be read.
#define CIMAGE_UNKNOWN 0
#define CIMAGE_PNG 1
#define CIMAGE_JPEG 2
#define CIMAGE_WEBP 3

/// What a file's header says, and the last error's words.
typedef struct {
    uint32_t width;
    uint32_t height;
    /// 1 when every pixel is grey and none is transparent, so that one byte a pixel is enough; otherwise 3.
    uint32_t channels;
    char message[160];
} cimage_info;

/// The format by the file's first bytes.
int cimage_format(const uint8_t *file, size_t length);

/// Reads the header. Returns 0, or -1 with `info->message` set.
int cimage_read_header(int format, const uint8_t *file, size_t length, cimage_info *info);

/// Decodes the whole file as grey or RGB, as `info->channels` says; transparent pixels are laid over white.
/// `pixels` has width * height * channels bytes. Returns 0, or -1 with `info->message` set.
int cimage_decode(int format, const uint8_t *file, size_t length, cimage_info *info, uint8_t *pixels);

#endif
