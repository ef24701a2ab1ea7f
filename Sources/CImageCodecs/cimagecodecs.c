// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

#include "codecs.h"

#include <stdio.h>
#include <string.h>

void cimage_say(cimage_info *info, const char *message) {
    snprintf(info->message, sizeof info->message, "%s", message);
}

int cimage_format(const uint8_t *file, size_t length) {
    static const uint8_t png[] = {0x89, 'P', 'N', 'G', 0x0D, 0x0A, 0x1A, 0x0A};
    if (length >= sizeof png && memcmp(file, png, sizeof png) == 0) return CIMAGE_PNG;
    if (length >= 3 && file[0] == 0xFF && file[1] == 0xD8 && file[2] == 0xFF) return CIMAGE_JPEG;
    if (length >= 12 && memcmp(file, "RIFF", 4) == 0 && memcmp(file + 8, "WEBP", 4) == 0) return CIMAGE_WEBP;
    return CIMAGE_UNKNOWN;
}

void cimage_lay_over_white(const uint8_t *layers, size_t count, size_t channels, uint8_t *pixels) {
    for (size_t index = 0; index < count; index++) {
        const uint8_t *layer = layers + index * (channels + 1);
        unsigned alpha = layer[channels];
        for (size_t channel = 0; channel < channels; channel++) {
            unsigned over = layer[channel] * alpha + 255 * (255 - alpha);
            pixels[index * channels + channel] = (uint8_t)((over + 127) / 255);
        }
    }
}

static int run(int format, const uint8_t *file, size_t length, cimage_info *info, uint8_t *pixels) {
    info->message[0] = 0;
    switch (format) {
    case CIMAGE_PNG: return cimage_png(file, length, info, pixels);
    case CIMAGE_JPEG: return cimage_jpeg(file, length, info, pixels);
    case CIMAGE_WEBP: return cimage_webp(file, length, info, pixels);
    default: cimage_say(info, "not a PNG, JPEG or WebP file"); return -1;
    }
}

int cimage_read_header(int format, const uint8_t *file, size_t length, cimage_info *info) {
    return run(format, file, length, info, NULL);
}

int cimage_decode(int format, const uint8_t *file, size_t length, cimage_info *info, uint8_t *pixels) {
    return run(format, file, length, info, pixels);
}
