// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

// HarfBuzz's own header; charfbuzz.c defines the functions that the typesetter uses.

#ifndef CHARFBUZZ_H
#define CHARFBUZZ_H

#include <harfbuzz/hb.h>

#endif
