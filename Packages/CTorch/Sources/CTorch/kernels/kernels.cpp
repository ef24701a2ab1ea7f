// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

// The kernels of `kernels.inc` for each instruction set, and the choice between them.

#include "kernels.hpp"

#include <algorithm>
#include <cmath>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace glyph {

namespace portable {
#include "simd_portable.inc"
#include "kernels.inc"
}  // namespace portable

#if defined(__x86_64__)
namespace avx2 {
#include "simd_avx2.inc"
#include "kernels.inc"
}  // namespace avx2

namespace avx512 {
#include "simd_avx512.inc"
#include "kernels.inc"
}  // namespace avx512
#endif

const Kernels &kernels() {
    static const Kernels &chosen = []() -> const Kernels & {
#if defined(__x86_64__)
        __builtin_cpu_init();
        if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
            __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq"))
            return avx512::table;
        if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return avx2::table;
#endif
        return portable::table;
    }();
    return chosen;
}

}  // namespace glyph
