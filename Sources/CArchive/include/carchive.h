// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

// Reading of zip and tar archives in memory through libarchive. A shim, because the library is loaded only when an
// archive is opened: linked as usual it would bring a dozen libraries into every start of the program.

#ifndef CARCHIVE_H
#define CARCHIVE_H

#include <stddef.h>
#include <stdint.h>

/// Whether the library could be loaded.
int carchive_is_available(void);

/// An archive that is being read; borrows the bytes it was opened with.
typedef struct carchive carchive;

typedef enum {
    CARCHIVE_FILE = 0,
    CARCHIVE_FOLDER = 1,
    CARCHIVE_LINK = 2,
    CARCHIVE_OTHER = 3,
} carchive_kind;

typedef struct {
    /// UTF-8 where the archive says what it is, otherwise the bytes it holds. Valid until the next entry is asked for.
    const char *name;
    carchive_kind kind;
    int is_encrypted;
} carchive_entry;

/// Opens bytes as zip or tar, compressed or not; with `single`, as one compressed file. NULL without memory.
/// A failure to recognise the bytes is reported by the first `carchive_next`.
carchive *carchive_open(const uint8_t *bytes, size_t length, int single);
void carchive_close(carchive *archive);

/// Moves to the next entry: 1 for an entry, 0 after the last one, -1 for a damaged archive.
int carchive_next(carchive *archive, carchive_entry *entry);

/// Reads from the current entry: the number of bytes, 0 at its end, -1 for damaged data.
ptrdiff_t carchive_read(carchive *archive, uint8_t *buffer, size_t capacity);

/// What went wrong last, never NULL.
const char *carchive_error(carchive *archive);

#endif
