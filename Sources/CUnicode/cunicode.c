// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

#include "cunicode.h"

#include <stdlib.h>
#include <string.h>

#include <unicode/ubidi.h>
#include <unicode/ubrk.h>
#include <unicode/uchar.h>
#include <unicode/ucnv.h>
#include <unicode/ucsdet.h>

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

int cunicode_detect(const uint8_t *bytes, int32_t length, cunicode_guess *guesses, int capacity) {
    UErrorCode status = U_ZERO_ERROR;
    UCharsetDetector *detector = ucsdet_open(&status);
    if (U_FAILURE(status)) return -1;
    ucsdet_setText(detector, (const char *)bytes, length, &status);
    int32_t found = 0;
    const UCharsetMatch **matches = ucsdet_detectAll(detector, &found, &status);
    int written = U_SUCCESS(status) ? 0 : -1;
    for (int32_t i = 0; written >= 0 && i < found && written < capacity; i++) {
        const char *name = ucsdet_getName(matches[i], &status);
        int32_t confidence = ucsdet_getConfidence(matches[i], &status);
        if (U_FAILURE(status) || strlen(name) >= sizeof guesses[written].name) continue;
        strcpy(guesses[written].name, name);
        guesses[written].confidence = confidence;
        written++;
    }
    ucsdet_close(detector);
    return written;
}

// `ucnv_convertEx` goes through UTF-16 in a buffer that it keeps between calls.
enum { PIVOT = 1024 };

struct cunicode_decoder {
    UConverter *from, *to;
    UChar pivot[PIVOT], *pivot_source, *pivot_target;
    UBool reset;
};

cunicode_decoder *cunicode_open_decoder(const char *encoding) {
    cunicode_decoder *decoder = calloc(1, sizeof *decoder);
    if (decoder == NULL) return NULL;
    UErrorCode status = U_ZERO_ERROR;
    decoder->from = ucnv_open(encoding, &status);
    decoder->to = ucnv_open("UTF-8", &status);
    if (U_SUCCESS(status)) {
        ucnv_setToUCallBack(decoder->from, UCNV_TO_U_CALLBACK_STOP, NULL, NULL, NULL, &status);
        ucnv_setFromUCallBack(decoder->to, UCNV_FROM_U_CALLBACK_STOP, NULL, NULL, NULL, &status);
    }
    if (U_FAILURE(status)) {
        cunicode_close_decoder(decoder);
        return NULL;
    }
    decoder->pivot_source = decoder->pivot_target = decoder->pivot;
    decoder->reset = 1;
    return decoder;
}

void cunicode_close_decoder(cunicode_decoder *decoder) {
    if (decoder == NULL) return;
    if (decoder->from) ucnv_close(decoder->from);
    if (decoder->to) ucnv_close(decoder->to);
    free(decoder);
}

int cunicode_decode(
    cunicode_decoder *decoder, const char **source, const char *source_end, char **target, const char *target_end,
    int flush, int32_t *malformed) {
    UErrorCode status = U_ZERO_ERROR;
    ucnv_convertEx(
        decoder->to, decoder->from, target, target_end, source, source_end, decoder->pivot, &decoder->pivot_source,
        &decoder->pivot_target, decoder->pivot + PIVOT, decoder->reset, (UBool)flush, &status);
    decoder->reset = 0;
    if (status == U_BUFFER_OVERFLOW_ERROR) return 1;
    if (U_SUCCESS(status)) return 0;
    if (status != U_INVALID_CHAR_FOUND && status != U_ILLEGAL_CHAR_FOUND && status != U_TRUNCATED_CHAR_FOUND) return -1;
    char sequence[32];
    int8_t count = sizeof sequence;
    UErrorCode asked = U_ZERO_ERROR;
    ucnv_getInvalidChars(decoder->from, sequence, &count, &asked);
    *malformed = U_SUCCESS(asked) ? count : 0;
    return 2;
}
