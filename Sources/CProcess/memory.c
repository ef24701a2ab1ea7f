// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

#define _GNU_SOURCE

#include <limits.h>
#include <malloc.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "cprocess.h"

// Larger thresholds for mappings of their own are refused.
enum { HUGE_PAGE = 2 << 20, GROWTH = 16 << 20, LARGEST_THRESHOLD = 32 << 20 };

void cprocess_take_memory_in_large_pieces(void) {
    // Blocks of every size lie in one heap for all threads, where one page's memory is the next one's.
    mallopt(M_ARENA_MAX, 1);
    mallopt(M_MMAP_THRESHOLD, LARGEST_THRESHOLD);
    mallopt(M_TRIM_THRESHOLD, INT_MAX);
    mallopt(M_TOP_PAD, GROWTH);
    // Grows the heap, whose first growth is advised to be in huge pages; what lies before the first of them is never
    // used, so that it takes no memory.
    uintptr_t start = (uintptr_t)sbrk(0), aligned = (start + HUGE_PAGE - 1) & ~(uintptr_t)(HUGE_PAGE - 1);
    void *volatile unused = malloc(aligned - start);
    (void)unused;
    uintptr_t end = (uintptr_t)sbrk(0);
    if (aligned < end) madvise((void *)aligned, end - aligned, MADV_HUGEPAGE);
}
