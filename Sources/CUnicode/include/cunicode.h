// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

// The few ICU services the typesetter needs. A shim, because ICU renames every function by its version with macros,
// which Swift cannot import.

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

#endif
