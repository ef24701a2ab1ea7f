// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

// HarfBuzz, loaded when it is first called. Linked as usual it would bring eight libraries into every start of the
// program, which costs more than rendering a page, and pages in the official and grid layouts never shape.

#include "charfbuzz.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>

static void *library;

static void load(void) {
    // Bound deeply: inside the library its names mean its own functions, not the ones below.
    library = dlopen("libharfbuzz.so.0", RTLD_NOW | RTLD_LOCAL | RTLD_DEEPBIND);
}

static void *resolve(const char *name) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, load);
    void *function = library ? dlsym(library, name) : NULL;
    if (!function) {
        // What the dynamic linker does when a library that a program was linked with is gone.
        fprintf(stderr, "glyph: error while loading shared libraries: %s\n", dlerror());
        _exit(127);
    }
    return function;
}

#define FORWARD(result, name, parameters, arguments)                                                                   \
    result name parameters {                                                                                           \
        static void *_Atomic known;                                                                                    \
        void *function = atomic_load_explicit(&known, memory_order_relaxed);                                           \
        if (!function) {                                                                                               \
            function = resolve(#name);                                                                                 \
            atomic_store_explicit(&known, function, memory_order_relaxed);                                             \
        }                                                                                                              \
        return ((result(*) parameters)function)arguments;                                                              \
    }

FORWARD(const char *, hb_version_string, (void), ())

FORWARD(hb_blob_t *, hb_blob_create_from_file_or_fail, (const char *name), (name))
FORWARD(void, hb_blob_destroy, (hb_blob_t * blob), (blob))

FORWARD(unsigned int, hb_face_count, (hb_blob_t * blob), (blob))
FORWARD(hb_face_t *, hb_face_create, (hb_blob_t * blob, unsigned int index), (blob, index))
FORWARD(void, hb_face_destroy, (hb_face_t * face), (face))
FORWARD(unsigned int, hb_face_get_glyph_count, (const hb_face_t *face), (face))
FORWARD(unsigned int, hb_face_get_upem, (const hb_face_t *face), (face))

FORWARD(hb_font_t *, hb_font_create, (hb_face_t * face), (face))
FORWARD(void, hb_font_destroy, (hb_font_t * font), (font))
FORWARD(void, hb_font_set_scale, (hb_font_t * font, int x, int y), (font, x, y))
FORWARD(hb_bool_t, hb_font_get_h_extents, (hb_font_t * font, hb_font_extents_t *extents), (font, extents))
FORWARD(hb_position_t, hb_font_get_glyph_h_advance, (hb_font_t * font, hb_codepoint_t glyph), (font, glyph))
FORWARD(
    hb_bool_t, hb_font_get_nominal_glyph, (hb_font_t * font, hb_codepoint_t scalar, hb_codepoint_t *glyph),
    (font, scalar, glyph))

FORWARD(hb_buffer_t *, hb_buffer_create, (void), ())
FORWARD(void, hb_buffer_destroy, (hb_buffer_t * buffer), (buffer))
FORWARD(void, hb_buffer_clear_contents, (hb_buffer_t * buffer), (buffer))
FORWARD(void, hb_buffer_set_flags, (hb_buffer_t * buffer, hb_buffer_flags_t flags), (buffer, flags))
FORWARD(void, hb_buffer_set_direction, (hb_buffer_t * buffer, hb_direction_t direction), (buffer, direction))
FORWARD(void, hb_buffer_set_script, (hb_buffer_t * buffer, hb_script_t script), (buffer, script))
FORWARD(
    void, hb_buffer_add_utf8,
    (hb_buffer_t * buffer, const char *text, int length, unsigned int item_offset, int item_length),
    (buffer, text, length, item_offset, item_length))
FORWARD(hb_glyph_info_t *, hb_buffer_get_glyph_infos, (hb_buffer_t * buffer, unsigned int *length), (buffer, length))
FORWARD(
    hb_glyph_position_t *, hb_buffer_get_glyph_positions, (hb_buffer_t * buffer, unsigned int *length),
    (buffer, length))
FORWARD(
    void, hb_shape, (hb_font_t * font, hb_buffer_t *buffer, const hb_feature_t *features, unsigned int count),
    (font, buffer, features, count))

FORWARD(hb_unicode_funcs_t *, hb_unicode_funcs_get_default, (void), ())
FORWARD(
    hb_unicode_combining_class_t, hb_unicode_combining_class, (hb_unicode_funcs_t * functions, hb_codepoint_t scalar),
    (functions, scalar))
FORWARD(
    hb_unicode_general_category_t, hb_unicode_general_category, (hb_unicode_funcs_t * functions, hb_codepoint_t scalar),
    (functions, scalar))
FORWARD(hb_script_t, hb_unicode_script, (hb_unicode_funcs_t * functions, hb_codepoint_t scalar), (functions, scalar))
FORWARD(
    hb_bool_t, hb_unicode_compose,
    (hb_unicode_funcs_t * functions, hb_codepoint_t a, hb_codepoint_t b, hb_codepoint_t *composed),
    (functions, a, b, composed))
FORWARD(
    hb_bool_t, hb_unicode_decompose,
    (hb_unicode_funcs_t * functions, hb_codepoint_t composed, hb_codepoint_t *a, hb_codepoint_t *b),
    (functions, composed, a, b))
