// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

#define _GNU_SOURCE

#include <limits.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <unistd.h>

#include "cprocess.h"

// Processor time that a control group grants in each period, in whole processors.
static int granted(long quota, long period) {
    if (quota <= 0 || period <= 0) return INT_MAX;
    return (int)((quota + period - 1) / period);
}

static long number_in(const char *path) {
    long number = -1;
    FILE *file = fopen(path, "re");
    if (file == NULL) return -1;
    if (fscanf(file, "%ld", &number) != 1) number = -1;
    fclose(file);
    return number;
}

static int granted_by_group(void) {
    long quota = -1, period = -1;
    FILE *file = fopen("/sys/fs/cgroup/cpu.max", "re");
    if (file == NULL) {
        return granted(
            number_in("/sys/fs/cgroup/cpu/cpu.cfs_quota_us"), number_in("/sys/fs/cgroup/cpu/cpu.cfs_period_us"));
    }
    // No quota is the word "max".
    if (fscanf(file, "%ld %ld", &quota, &period) != 2) quota = -1;
    fclose(file);
    return granted(quota, period);
}

// What the process may use, as of the last count.
static cpu_set_t allowed;

int cprocess_processors(void) {
    int count = sched_getaffinity(0, sizeof(allowed), &allowed) == 0 ? CPU_COUNT(&allowed)
                                                                     : (int)sysconf(_SC_NPROCESSORS_ONLN);
    int limit = granted_by_group();
    if (limit < count) count = limit;
    return count < 1 ? 1 : count;
}

void cprocess_stay_apart(void) {
    static atomic_bool taken[CPU_SETSIZE];
    static _Thread_local bool is_apart;
    if (is_apart) return;
    is_apart = true;
    int current = sched_getcpu();
    // On from the current one, so that threads of several processes do not meet on the first.
    for (int step = 0; step < CPU_SETSIZE; step++) {
        int processor = ((current < 0 ? 0 : current) + step) % CPU_SETSIZE;
        if (!CPU_ISSET(processor, &allowed) || atomic_exchange(&taken[processor], true)) continue;
        cpu_set_t own;
        CPU_ZERO(&own);
        CPU_SET(processor, &own);
        if (sched_setaffinity(0, sizeof(own), &own) == 0) return;
        atomic_store(&taken[processor], false);
    }
}
