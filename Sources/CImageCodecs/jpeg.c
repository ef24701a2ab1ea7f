// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

#include "codecs.h"

#include <stdio.h>

#include <jpeglib.h>
#include <setjmp.h>

typedef struct {
    struct jpeg_error_mgr base;
    jmp_buf escape;
    cimage_info *info;
} errors;

static void on_error(j_common_ptr decoder) {
    errors *handler = (errors *)decoder->err;
    char message[JMSG_LENGTH_MAX];
    decoder->err->format_message(decoder, message);
    cimage_say(handler->info, message);
    longjmp(handler->escape, 1);
}

// libjpeg only warns of damaged data and fills in grey; a page with a grey half would be read as if it were whole.
static void on_message(j_common_ptr decoder, int level) {
    if (level < 0) on_error(decoder);
}

int cimage_jpeg(const uint8_t *file, size_t length, cimage_info *info, uint8_t *pixels) {
    struct jpeg_decompress_struct decoder;
    errors handler = {.info = info};
    decoder.err = jpeg_std_error(&handler.base);
    handler.base.error_exit = on_error;
    handler.base.emit_message = on_message;
    if (setjmp(handler.escape)) {
        jpeg_destroy_decompress(&decoder);
        return -1;
    }
    jpeg_create_decompress(&decoder);
    jpeg_mem_src(&decoder, file, length);
    jpeg_read_header(&decoder, TRUE);
    uint32_t channels = decoder.num_components == 1 ? 1 : 3;
    if (pixels == NULL) {
        info->width = decoder.image_width;
        info->height = decoder.image_height;
        info->channels = channels;
        jpeg_destroy_decompress(&decoder);
        return 0;
    }
    if (decoder.image_width != info->width || decoder.image_height != info->height || channels != info->channels) {
        cimage_say(info, "the header changed");
        jpeg_destroy_decompress(&decoder);
        return -1;
    }
    decoder.out_color_space = channels == 1 ? JCS_GRAYSCALE : JCS_RGB;
    jpeg_start_decompress(&decoder);
    size_t stride = (size_t)info->width * channels;
    while (decoder.output_scanline < decoder.output_height) {
        JSAMPROW row = pixels + decoder.output_scanline * stride;
        jpeg_read_scanlines(&decoder, &row, 1);
    }
    jpeg_finish_decompress(&decoder);
    jpeg_destroy_decompress(&decoder);
    return 0;
}
