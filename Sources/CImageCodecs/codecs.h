// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

// What the three decoders share. Each reads only the header when `pixels` is NULL; when it is not, it fails unless the
// header still says what `info` says.

#ifndef CODECS_H
#define CODECS_H

#include "cimagecodecs.h"

void cimage_say(cimage_info *info, const char *message);

/// Composites `count` pixels of `channels` samples and an alpha over white.
void cimage_lay_over_white(const uint8_t *layers, size_t count, size_t channels, uint8_t *pixels);

int cimage_png(const uint8_t *file, size_t length, cimage_info *info, uint8_t *pixels);
int cimage_jpeg(const uint8_t *file, size_t length, cimage_info *info, uint8_t *pixels);
int cimage_webp(const uint8_t *file, size_t length, cimage_info *info, uint8_t *pixels);

#endif
