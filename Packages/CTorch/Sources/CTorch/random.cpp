// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

// Random numbers, always from a generator that the caller passes.

#include <ATen/CPUGeneratorImpl.h>

#include "support.hpp"

using namespace glyph;

namespace {
at::TensorOptions options(ct_dtype dtype, const ct_generator *generator) {
    return at::TensorOptions(scalar_type(dtype)).device(generator->value.device());
}
}  // namespace

ct_status ct_generator_new(uint64_t seed, ct_device where, ct_generator **out) {
    return guarded("generator", {}, [&] {
        at::Generator made = where < 0 ? at::make_generator<at::CPUGeneratorImpl>(seed)
                                       : at::globalContext().defaultGenerator(device(where)).clone();
        made.set_current_seed(seed);
        *out = new ct_generator{std::move(made)};
    });
}

void ct_generator_free(ct_generator *generator) { delete generator; }

ct_status ct_random_normal(const int64_t *sizes, int64_t rank, ct_dtype dtype, const ct_generator *generator,
                           ct_tensor **out) {
    return made("normal", {}, out,
                [&] { return at::randn(list(sizes, rank), generator->value, options(dtype, generator)); });
}
