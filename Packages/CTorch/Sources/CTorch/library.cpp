// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

// Facts about the library, its threads and its devices.

#include <ATen/detail/CUDAHooksInterface.h>
#include <dlfcn.h>
#include <torch/csrc/api/include/torch/version.h>

#include "kernels/tiles.hpp"
#include "support.hpp"

using namespace glyph;

extern "C" void omp_set_num_threads(int count);

const char *ct_version(void) { return TORCH_VERSION; }

int32_t ct_thread_count(void) { return at::get_num_threads(); }

ct_status ct_set_thread_count(int32_t count) {
    return guarded("thread count", {}, [&] {
        TORCH_CHECK(count > 0, "the number of threads must be positive, not ", count);
        at::set_num_threads(count);
    });
}

ct_status ct_set_caller_thread_count(int32_t count) {
    return guarded("thread count", {}, [&] {
        TORCH_CHECK(count > 0, "the number of threads must be positive, not ", count);
        // On a thread's first question libtorch sets the number that holds for all; that must not come later.
        if (at::get_num_threads() != count) omp_set_num_threads(count);
    });
}

ct_status ct_set_narrow_products(bool narrow) {
    return guarded("narrow products", {}, [&] {
        at::globalContext().setFloat32MatmulPrecision(std::string(narrow ? "medium" : "highest"));
    });
}

int32_t ct_cuda_device_count(void) {
    int32_t count = 0;
    guarded("cuda", {}, [&] { count = at::hasCUDA() ? at::detail::getCUDAHooks().getNumGPUs() : 0; });
    return count;
}

bool ct_cpu_has_bf16(void) {
#if defined(__x86_64__)
    // From AVX-512BW on libtorch hands bf16 products to oneDNN, which without AVX512_BF16 or AMX only emulates them; and
    // below that it runs a loop without vectors.
    return __builtin_cpu_supports("avx512bf16") && __builtin_cpu_supports("avx512bw");
#else
    return false;
#endif
}

bool ct_cpu_splits_f32(void) { return splits_f32(); }

ct_status ct_cuda_memory(ct_device where, int64_t *free_bytes, int64_t *total_bytes) {
    return guarded("cuda memory", {}, [&] {
        // Found at run time, because a libtorch with CUDA is built against without CUDA's own headers.
        using MemoryInfo = int (*)(size_t *, size_t *);
        const auto info = reinterpret_cast<MemoryInfo>(dlsym(RTLD_DEFAULT, "cudaMemGetInfo"));
        TORCH_CHECK(info && where >= 0 && where < ct_cuda_device_count(), "there is no CUDA device ", where);
        c10::DeviceGuard guard(device(where));
        size_t free = 0, total = 0;
        TORCH_CHECK(info(&free, &total) == 0, "CUDA device ", where, " does not say how much memory it has");
        *free_bytes = static_cast<int64_t>(free);
        *total_bytes = static_cast<int64_t>(total);
    });
}

ct_status ct_synchronize(ct_device where) {
    return guarded("synchronize", {}, [&] {
        if (where >= 0) at::detail::getCUDAHooks().deviceSynchronize(static_cast<c10::DeviceIndex>(where));
    });
}
