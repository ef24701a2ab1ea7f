// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

#define _GNU_SOURCE

#include <malloc.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "cprocess.h"

enum { HUGE_PAGE = 2 << 20, GROWTH = 16 << 20 };

void cprocess_take_memory_in_large_pieces(void) {
    // Blocks of every size lie in one heap for all threads, where one page's memory is the next one's.
    mallopt(M_ARENA_MAX, 1);
    mallopt(M_MMAP_THRESHOLD, 1 << 30);
    mallopt(M_TRIM_THRESHOLD, 1 << 30);
    mallopt(M_TOP_PAD, GROWTH);
    // Grows the heap. What it grows by is advised to be in huge pages, and what lies before the first of them is
    // fetched at once.
    uintptr_t start = (uintptr_t)sbrk(0), mask = HUGE_PAGE - 1;
    void *volatile block = malloc(HUGE_PAGE);
    free(block);
    uintptr_t end = (uintptr_t)sbrk(0), aligned = (start + mask) & ~mask;
    if (aligned >= end) return;
    madvise((void *)aligned, end - aligned, MADV_HUGEPAGE);
#ifdef MADV_POPULATE_WRITE
    madvise((void *)start, aligned - start, MADV_POPULATE_WRITE);
#endif
}
