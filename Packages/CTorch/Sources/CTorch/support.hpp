// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

// What every file of the shim needs: the handles, the guard that keeps exceptions inside, and conversions.
#pragma once

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <c10/core/GradMode.h>

#include <exception>
#include <initializer_list>
#include <string>

#include "ctorch.h"

struct ct_tensor {
    at::Tensor value;
};

struct ct_generator {
    at::Generator value;
};

namespace glyph {

using Operands = std::initializer_list<const ct_tensor *>;

/// What a caller's function failed with, on its way through libtorch back to the caller.
struct Failure : std::exception {
    ct_status status;
    std::string message;

    Failure(ct_status status, std::string message) : status(status), message(std::move(message)) {}
    const char *what() const noexcept override { return message.c_str(); }
};

/// Turns the exception that is being handled into a status and this thread's message.
ct_status report(const char *operation, const Operands &operands) noexcept;

/// Runs a body; whatever it throws becomes a status.
template <class Body>
ct_status guarded(const char *operation, const Operands &operands, Body &&body) noexcept {
    try {
        body();
        return CT_OK;
    } catch (...) {
        return report(operation, operands);
    }
}

inline void give(at::Tensor value, ct_tensor **out) { *out = new ct_tensor{std::move(value)}; }

/// Runs a body that makes one tensor.
template <class Body>
ct_status made(const char *operation, const Operands &operands, ct_tensor **out, Body &&body) noexcept {
    return guarded(operation, operands, [&] { give(body(), out); });
}

inline at::Tensor optional(const ct_tensor *tensor) { return tensor ? tensor->value : at::Tensor(); }
inline at::IntArrayRef list(const int64_t *values, int64_t count) { return {values, static_cast<size_t>(count)}; }
std::vector<at::Tensor> tensors(const ct_tensor *const *handles, int64_t count);

at::ScalarType scalar_type(ct_dtype dtype);
ct_dtype dtype_code(at::ScalarType type);
at::Device device(ct_device device);

/// A number as the kind of scalar that does not change the type of an operand: whole numbers stay whole.
at::Scalar scalar(double value);

/// Whether an operation on these tensors must be recorded for a backward pass.
bool records_gradient(std::initializer_list<at::Tensor> inputs);

/// Whether a kernel may read this tensor by pointer: in the processor's memory, neighbours of the last dimension adjacent.
inline bool has_plain_rows(const at::Tensor &tensor) {
    return tensor.device().is_cpu() && tensor.layout() == at::kStrided && tensor.dim() > 0 &&
           (tensor.stride(-1) == 1 || tensor.size(-1) == 1);
}

}  // namespace glyph
