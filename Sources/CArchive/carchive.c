// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

#define _GNU_SOURCE
#include "carchive.h"

#include <dlfcn.h>
#include <locale.h>
#include <pthread.h>
#include <stdlib.h>

#include <archive.h>
#include <archive_entry.h>

// One line for each function that is used; the header gives their types.
#define FUNCTIONS(X)                                                                                                   \
    X(archive_read_new)                                                                                                \
    X(archive_read_free)                                                                                               \
    X(archive_read_support_filter_bzip2)                                                                               \
    X(archive_read_support_filter_gzip)                                                                                \
    X(archive_read_support_filter_xz)                                                                                  \
    X(archive_read_support_filter_zstd)                                                                                \
    X(archive_read_support_format_raw)                                                                                 \
    X(archive_read_support_format_tar)                                                                                 \
    X(archive_read_support_format_zip_seekable)                                                                        \
    X(archive_read_open_memory)                                                                                        \
    X(archive_read_next_header)                                                                                        \
    X(archive_read_data)                                                                                               \
    X(archive_error_string)                                                                                            \
    X(archive_entry_pathname)                                                                                          \
    X(archive_entry_pathname_utf8)                                                                                     \
    X(archive_entry_filetype)                                                                                          \
    X(archive_entry_hardlink)                                                                                          \
    X(archive_entry_symlink)                                                                                           \
    X(archive_entry_is_data_encrypted)

#define DECLARE(name) static __typeof__(name) *p_##name;
FUNCTIONS(DECLARE)

static int is_loaded;
static locale_t utf8_locale;

static void load(void) {
    void *library = dlopen("libarchive.so.13", RTLD_NOW | RTLD_LOCAL | RTLD_DEEPBIND);
    if (library == NULL) return;
    int complete = 1;
#define RESOLVE(name) complete &= (p_##name = (__typeof__(name) *)dlsym(library, #name)) != NULL;
    FUNCTIONS(RESOLVE)
    // In the C locale, which programs start in, names that are not ASCII would be lost.
    utf8_locale = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
    is_loaded = complete && utf8_locale != (locale_t)0;
}

int carchive_is_available(void) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, load);
    return is_loaded;
}

struct carchive {
    struct archive *archive;
    int opened;
};

carchive *carchive_open(const uint8_t *bytes, size_t length, int single) {
    if (!carchive_is_available()) return NULL;
    carchive *opened = calloc(1, sizeof *opened);
    if (opened == NULL) return NULL;
    opened->archive = p_archive_read_new();
    if (opened->archive == NULL) {
        free(opened);
        return NULL;
    }
    // Filters that would start a program are never asked for.
    p_archive_read_support_filter_gzip(opened->archive);
    p_archive_read_support_filter_bzip2(opened->archive);
    p_archive_read_support_filter_xz(opened->archive);
    p_archive_read_support_filter_zstd(opened->archive);
    if (single) {
        p_archive_read_support_format_raw(opened->archive);
    } else {
        p_archive_read_support_format_tar(opened->archive);
        // By its directory at the end: read from the start, a zip file that was cut off would seem whole.
        p_archive_read_support_format_zip_seekable(opened->archive);
    }
    opened->opened = p_archive_read_open_memory(opened->archive, bytes, length) == ARCHIVE_OK;
    return opened;
}

void carchive_close(carchive *archive) {
    if (archive == NULL) return;
    p_archive_read_free(archive->archive);
    free(archive);
}

int carchive_next(carchive *archive, carchive_entry *entry) {
    if (!archive->opened) return -1;
    locale_t before = uselocale(utf8_locale);
    struct archive_entry *header = NULL;
    int status = p_archive_read_next_header(archive->archive, &header);
    if (status == ARCHIVE_OK || status == ARCHIVE_WARN) {
        entry->name = p_archive_entry_pathname_utf8(header);
        if (entry->name == NULL) entry->name = p_archive_entry_pathname(header);
        if (entry->name == NULL) entry->name = "";
        int is_link = p_archive_entry_hardlink(header) != NULL || p_archive_entry_symlink(header) != NULL;
        switch (p_archive_entry_filetype(header)) {
        case AE_IFREG: entry->kind = is_link ? CARCHIVE_LINK : CARCHIVE_FILE; break;
        case AE_IFDIR: entry->kind = CARCHIVE_FOLDER; break;
        case AE_IFLNK: entry->kind = CARCHIVE_LINK; break;
        default: entry->kind = is_link ? CARCHIVE_LINK : CARCHIVE_OTHER;
        }
        entry->is_encrypted = p_archive_entry_is_data_encrypted(header) != 0;
    }
    uselocale(before);
    if (status == ARCHIVE_EOF) return 0;
    return status == ARCHIVE_OK || status == ARCHIVE_WARN ? 1 : -1;
}

ptrdiff_t carchive_read(carchive *archive, uint8_t *buffer, size_t capacity) {
    la_ssize_t count = p_archive_read_data(archive->archive, buffer, capacity);
    // A warning means that bytes may be wrong, as after a failed checksum.
    return count < 0 ? -1 : (ptrdiff_t)count;
}

const char *carchive_error(carchive *archive) {
    const char *message = p_archive_error_string(archive->archive);
    return message ? message : "unknown format";
}
