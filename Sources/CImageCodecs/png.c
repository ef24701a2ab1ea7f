// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

#include "codecs.h"

#include <png.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    const uint8_t *bytes;
    size_t left;
} source;

static void read_bytes(png_structp png, png_bytep output, size_t count) {
    source *from = png_get_io_ptr(png);
    if (count > from->left) png_error(png, "the file is cut off");
    memcpy(output, from->bytes, count);
    from->bytes += count;
    from->left -= count;
}

static void on_error(png_structp png, png_const_charp message) {
    cimage_say(png_get_error_ptr(png), message);
    png_longjmp(png, 1);
}

static void on_warning(png_structp png, png_const_charp message) {
    (void)png;
    (void)message;
}

int cimage_png(const uint8_t *file, size_t length, cimage_info *info, uint8_t *pixels) {
    source from = {file, length};
    // Set between setjmp and longjmp, hence volatile.
    png_bytep *volatile rows = NULL;
    uint8_t *volatile layers = NULL;
    png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, info, on_error, on_warning);
    if (png == NULL) {
        cimage_say(info, "out of memory");
        return -1;
    }
    png_infop header = png_create_info_struct(png);
    if (header == NULL) {
        png_destroy_read_struct(&png, NULL, NULL);
        cimage_say(info, "out of memory");
        return -1;
    }
    if (setjmp(png_jmpbuf(png))) {
        free(rows);
        free(layers);
        png_destroy_read_struct(&png, &header, NULL);
        return -1;
    }
    png_set_read_fn(png, &from, read_bytes);
    // Lengths are the caller's limits, which it checks between header and pixels.
    png_set_user_limits(png, 0x7FFFFFFF, 0x7FFFFFFF);
    png_read_info(png, header);
    uint32_t width = png_get_image_width(png, header);
    uint32_t height = png_get_image_height(png, header);
    int color = png_get_color_type(png, header);
    int transparent = (color & PNG_COLOR_MASK_ALPHA) || png_get_valid(png, header, PNG_INFO_tRNS);
    uint32_t channels = (color & PNG_COLOR_MASK_COLOR) ? 3 : 1;
    if (pixels == NULL) {
        info->width = width;
        info->height = height;
        info->channels = channels;
        png_destroy_read_struct(&png, &header, NULL);
        return 0;
    }
    if (width != info->width || height != info->height || channels != info->channels) {
        png_error(png, "the header changed");
    }
    png_set_expand(png);
    png_set_scale_16(png);
    png_set_interlace_handling(png);
    png_read_update_info(png, header);
    size_t samples = channels + (transparent ? 1 : 0);
    size_t stride = (size_t)width * samples;
    if (png_get_rowbytes(png, header) != stride) png_error(png, "an unexpected pixel format");
    if (transparent) layers = malloc(stride * height);
    rows = malloc(height * sizeof *rows);
    if (rows == NULL || (transparent && layers == NULL)) png_error(png, "out of memory");
    for (uint32_t y = 0; y < height; y++) rows[y] = (transparent ? layers : pixels) + y * stride;
    png_read_image(png, rows);
    png_read_end(png, NULL);
    if (transparent) cimage_lay_over_white(layers, (size_t)width * height, channels, pixels);
    free(layers);
    free(rows);
    png_destroy_read_struct(&png, &header, NULL);
    return 0;
}
