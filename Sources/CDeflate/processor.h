// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

// What the processor has beyond the base line.

#ifndef PROCESSOR_H
#define PROCESSOR_H

#include <stdbool.h>

#if defined(__x86_64__)
// As the C library found it, where it tells. The compiler's own test asks the processor again before `main`, eight times,
// and in a virtual machine each answer takes as long as compressing fifty rows of a page.
#if __has_include(<sys/platform/x86.h>)
#include <sys/platform/x86.h>
static inline bool has_avx(void) { return CPU_FEATURE_ACTIVE(AVX); }
static inline bool has_avx2(void) { return CPU_FEATURE_ACTIVE(AVX2); }
static inline bool has_bmi2(void) { return CPU_FEATURE_ACTIVE(BMI2); }
#else
static inline bool has_avx(void) { return __builtin_cpu_supports("avx"); }
static inline bool has_avx2(void) { return __builtin_cpu_supports("avx2"); }
static inline bool has_bmi2(void) { return __builtin_cpu_supports("bmi2"); }
#endif
#endif

#endif
