// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

// The few ICU services that typesetting and reading documents need. A shim, because ICU renames every function by its
// version with macros, which Swift cannot import.

#ifndef CUNICODE_H
#define CUNICODE_H

#include <stddef.h>
#include <stdint.h>

/// The major version of ICU.
int cunicode_version(void);

/// A break iterator of the root locale; owns a copy of nothing: the text set must outlive its use.
typedef struct cunicode_breaks cunicode_breaks;

/// Opens an iterator over line-break opportunities (UAX #14, dictionaries for Thai, Lao, Khmer and Burmese), or NULL.
cunicode_breaks *cunicode_open_lines(void);

/// Opens an iterator over extended grapheme clusters (UAX #29), or NULL.
cunicode_breaks *cunicode_open_graphemes(void);

void cunicode_close(cunicode_breaks *breaks);

/// Starts over on `length` UTF-16 units. Returns 0 on success.
int cunicode_set_text(cunicode_breaks *breaks, const uint16_t *text, int32_t length);

/// The next boundary in UTF-16 units, or -1 after the last.
int32_t cunicode_next(cunicode_breaks *breaks);

/// Writes the embedding level of every UTF-16 unit (UAX #9, rule L1 included) and returns the paragraph's level, or -1
/// when memory runs out. `direction` is 0 for left to right, 1 for right to left, -1 for the first strong character's.
int cunicode_bidi_levels(const uint16_t *text, int32_t length, int direction, uint8_t *levels);

/// Writes the character's name without a terminator and returns its length, or 0 when it has none.
size_t cunicode_name(uint32_t scalar, char *name, size_t capacity);

/// Whether the character has no appearance of its own (Default_Ignorable_Code_Point).
int cunicode_is_default_ignorable(uint32_t scalar);

/// What an encoding is thought to be: a name that `cunicode_decode` takes, and how sure ICU is, from 0 to 100.
typedef struct {
    char name[32];
    int32_t confidence;
} cunicode_guess;

/// Writes up to `capacity` guesses at the encoding of bytes, the best first, and returns how many, or -1 on failure.
int cunicode_detect(const uint8_t *bytes, int32_t length, cunicode_guess *guesses, int capacity);

/// A converter from a named encoding to UTF-8 that stops at the first malformed byte, or NULL for an unknown name.
typedef struct cunicode_decoder cunicode_decoder;
cunicode_decoder *cunicode_open_decoder(const char *encoding);
void cunicode_close_decoder(cunicode_decoder *decoder);

/// Decodes a piece; `flush` is non-zero for the last one. Advances `source` and `target` over what was read and written.
/// Returns 0 when the piece is used up, 1 when `target` is full, 2 at a malformed sequence, whose first byte lies
/// `malformed` bytes before `source`, and -1 on other failures.
int cunicode_decode(
    cunicode_decoder *decoder, const char **source, const char *source_end, char **target, const char *target_end,
    int flush, int32_t *malformed);

#endif
