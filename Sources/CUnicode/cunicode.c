// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

#include "cunicode.h"

#include <string.h>

#include <unicode/ubidi.h>
#include <unicode/ubrk.h>
#include <unicode/uchar.h>

int cunicode_version(void) { return U_ICU_VERSION_MAJOR_NUM; }

// The iterator itself: the public type stays opaque without an allocation of its own.
static UBreakIterator *iterator(cunicode_breaks *breaks) { return (UBreakIterator *)breaks; }

static cunicode_breaks *open_breaks(UBreakIteratorType type) {
    UErrorCode status = U_ZERO_ERROR;
    UBreakIterator *opened = ubrk_open(type, "", NULL, 0, &status);
    return U_SUCCESS(status) ? (cunicode_breaks *)opened : NULL;
}

cunicode_breaks *cunicode_open_lines(void) { return open_breaks(UBRK_LINE); }

cunicode_breaks *cunicode_open_graphemes(void) { return open_breaks(UBRK_CHARACTER); }

void cunicode_close(cunicode_breaks *breaks) { ubrk_close(iterator(breaks)); }

int cunicode_set_text(cunicode_breaks *breaks, const uint16_t *text, int32_t length) {
    UErrorCode status = U_ZERO_ERROR;
    ubrk_setText(iterator(breaks), (const UChar *)text, length, &status);
    return U_FAILURE(status);
}

int32_t cunicode_next(cunicode_breaks *breaks) {
    int32_t boundary = ubrk_next(iterator(breaks));
    return boundary == UBRK_DONE ? -1 : boundary;
}

int cunicode_bidi_levels(const uint16_t *text, int32_t length, int direction, uint8_t *levels) {
    UErrorCode status = U_ZERO_ERROR;
    UBiDi *bidi = ubidi_open();
    if (bidi == NULL) return -1;
    UBiDiLevel base = direction < 0 ? UBIDI_DEFAULT_LTR : (UBiDiLevel)direction;
    ubidi_setPara(bidi, (const UChar *)text, length, base, NULL, &status);
    const UBiDiLevel *computed = ubidi_getLevels(bidi, &status);
    int used = U_SUCCESS(status) ? ubidi_getParaLevel(bidi) : -1;
    if (used >= 0) memcpy(levels, computed, (size_t)length);
    ubidi_close(bidi);
    return used;
}

size_t cunicode_name(uint32_t scalar, char *name, size_t capacity) {
    UErrorCode status = U_ZERO_ERROR;
    int32_t length = u_charName((UChar32)scalar, U_UNICODE_CHAR_NAME, name, (int32_t)capacity, &status);
    return U_SUCCESS(status) && length > 0 && (size_t)length <= capacity ? (size_t)length : 0;
}

int cunicode_is_default_ignorable(uint32_t scalar) {
    return u_hasBinaryProperty((UChar32)scalar, UCHAR_DEFAULT_IGNORABLE_CODE_POINT);
}
