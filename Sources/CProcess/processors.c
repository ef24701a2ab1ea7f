// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

#define _GNU_SOURCE

#include <limits.h>
#include <sched.h>
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

int cprocess_processors(void) {
    cpu_set_t allowed;
    int count = sched_getaffinity(0, sizeof(allowed), &allowed) == 0 ? CPU_COUNT(&allowed)
                                                                     : (int)sysconf(_SC_NPROCESSORS_ONLN);
    int limit = granted_by_group();
    if (limit < count) count = limit;
    return count < 1 ? 1 : count;
}
