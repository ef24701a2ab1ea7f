// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

#include "codecs.h"

#include <stdlib.h>
#include <webp/decode.h>

int cimage_webp(const uint8_t *file, size_t length, cimage_info *info, uint8_t *pixels) {
    WebPBitstreamFeatures features;
    if (WebPGetFeatures(file, length, &features) != VP8_STATUS_OK) {
        cimage_say(info, "the WebP header is damaged");
        return -1;
    }
    if (features.has_animation) {
        cimage_say(info, "an animation is not one image");
        return -1;
    }
    if (pixels == NULL) {
        info->width = (uint32_t)features.width;
        info->height = (uint32_t)features.height;
        info->channels = 3;
        return 0;
    }
    size_t count = (size_t)features.width * (size_t)features.height;
    if ((uint32_t)features.width != info->width || (uint32_t)features.height != info->height) {
        cimage_say(info, "the header changed");
        return -1;
    }
    if (!features.has_alpha) {
        if (WebPDecodeRGBInto(file, length, pixels, count * 3, features.width * 3) != NULL) return 0;
        cimage_say(info, "the WebP data is damaged or cut off");
        return -1;
    }
    uint8_t *transparent = malloc(count * 4);
    if (transparent == NULL) {
        cimage_say(info, "out of memory");
        return -1;
    }
    if (WebPDecodeRGBAInto(file, length, transparent, count * 4, features.width * 4) == NULL) {
        free(transparent);
        cimage_say(info, "the WebP data is damaged or cut off");
        return -1;
    }
    cimage_lay_over_white(transparent, count, 3, pixels);
    free(transparent);
    return 0;
}
