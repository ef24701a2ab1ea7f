// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

// Handles, types, devices, and tensors made from sizes, bytes and other tensors.

#include <cstring>

#include "support.hpp"

using namespace glyph;

namespace glyph {

at::ScalarType scalar_type(ct_dtype dtype) {
    switch (dtype) {
        case CT_F32: return at::kFloat;
        case CT_BF16: return at::kBFloat16;
        case CT_F16: return at::kHalf;
        case CT_I64: return at::kLong;
        case CT_I32: return at::kInt;
        case CT_U8: return at::kByte;
        case CT_I8: return at::kChar;
        case CT_BOOL: return at::kBool;
        case CT_F64: return at::kDouble;
        case CT_I16: return at::kShort;
        default: TORCH_CHECK(false, "there is no element type ", dtype);
    }
}

ct_dtype dtype_code(at::ScalarType type) {
    switch (type) {
        case at::kFloat: return CT_F32;
        case at::kBFloat16: return CT_BF16;
        case at::kHalf: return CT_F16;
        case at::kLong: return CT_I64;
        case at::kInt: return CT_I32;
        case at::kByte: return CT_U8;
        case at::kChar: return CT_I8;
        case at::kBool: return CT_BOOL;
        case at::kDouble: return CT_F64;
        case at::kShort: return CT_I16;
        default: return -1;
    }
}

at::Device device(ct_device device) {
    return device < 0 ? at::Device(at::kCPU) : at::Device(at::kCUDA, static_cast<c10::DeviceIndex>(device));
}

at::Scalar scalar(double value) {
    // The range first: what has no place in an integer, and NaN, must not be converted.
    return std::abs(value) < 9e15 && value == static_cast<double>(static_cast<int64_t>(value))
               ? at::Scalar(static_cast<int64_t>(value))
               : at::Scalar(value);
}

std::vector<at::Tensor> tensors(const ct_tensor *const *handles, int64_t count) {
    std::vector<at::Tensor> values;
    values.reserve(count);
    for (int64_t index = 0; index < count; ++index) values.push_back(handles[index]->value);
    return values;
}

bool records_gradient(std::initializer_list<at::Tensor> inputs) {
    if (!c10::GradMode::is_enabled()) return false;
    for (const at::Tensor &input : inputs)
        if (input.defined() && input.requires_grad()) return true;
    return false;
}

}  // namespace glyph

void ct_free(ct_tensor *tensor) { delete tensor; }
ct_status ct_share(const ct_tensor *a, ct_tensor **out) {
    return made("share", {a}, out, [&] { return a->value; });
}
int64_t ct_rank(const ct_tensor *tensor) { return tensor->value.dim(); }
void ct_sizes(const ct_tensor *tensor, int64_t *sizes) {
    for (int64_t size : tensor->value.sizes()) *sizes++ = size;
}
int64_t ct_count(const ct_tensor *tensor) { return tensor->value.numel(); }
ct_dtype ct_dtype_of(const ct_tensor *tensor) { return dtype_code(tensor->value.scalar_type()); }
ct_device ct_device_of(const ct_tensor *tensor) {
    const at::Device device = tensor->value.device();
    return device.is_cuda() ? std::max<int32_t>(device.index(), 0) : -1;
}

ct_status ct_empty(const int64_t *sizes, int64_t rank, ct_dtype dtype, ct_device where, ct_tensor **out) {
    return made("empty", {}, out, [&] {
        return at::empty(list(sizes, rank), at::TensorOptions(scalar_type(dtype)).device(device(where)));
    });
}

ct_status ct_full(const int64_t *sizes, int64_t rank, double value, ct_dtype dtype, ct_device where, ct_tensor **out) {
    return made("full", {}, out, [&] {
        const auto options = at::TensorOptions(scalar_type(dtype)).device(device(where));
        // Zeroed pages come straight from the system; filling them would touch each one.
        return value == 0 ? at::zeros(list(sizes, rank), options) : at::full(list(sizes, rank), scalar(value), options);
    });
}

ct_status ct_arange(double start, double end, double step, ct_dtype dtype, ct_device where, ct_tensor **out) {
    return made("arange", {}, out, [&] {
        return at::arange(scalar(start), scalar(end), scalar(step),
                          at::TensorOptions(scalar_type(dtype)).device(device(where)));
    });
}

ct_status ct_from_bytes(const void *bytes, size_t byte_count, const int64_t *sizes, int64_t rank, ct_dtype dtype,
                        ct_tensor **out) {
    return made("tensor from bytes", {}, out, [&] {
        at::Tensor result = at::empty(list(sizes, rank), scalar_type(dtype));
        TORCH_CHECK(result.nbytes() == byte_count, "the shape ", result.sizes(), " takes ", result.nbytes(),
                    " bytes, but there are ", byte_count);
        if (byte_count) std::memcpy(result.data_ptr(), bytes, byte_count);
        return result;
    });
}

ct_status ct_from_memory(void *data, const int64_t *sizes, int64_t rank, ct_dtype dtype, void (*release)(void *),
                         void *context, ct_tensor **out) {
    bool taken = false;
    const ct_status status = made("tensor from memory", {}, out, [&] {
        const at::ScalarType type = scalar_type(dtype);
        // libtorch never calls the deleter of an empty tensor's storage when data is null, so those own their memory.
        at::Tensor result = at::from_blob(data, list(sizes, rank),
                                          [release, context](void *) { release(context); }, type);
        taken = true;
        return result;
    });
    if (!taken) release(context);
    return status;
}

ct_status ct_clone(const ct_tensor *a, ct_tensor **out) {
    return made("clone", {a}, out, [&] { return a->value.clone(); });
}

ct_status ct_to(const ct_tensor *a, ct_dtype dtype, ct_device where, ct_tensor **out) {
    // On the way to a device nobody waits: the library takes a copy of memory that is not pinned before it returns.
    const bool hurries = where >= 0 && a->value.device().is_cpu();
    return made("to", {a}, out, [&] { return a->value.to(device(where), scalar_type(dtype), hurries); });
}

ct_status ct_copy_out(const ct_tensor *a, ct_dtype dtype, void *destination, size_t byte_count) {
    return guarded("copy out", {a}, [&] {
        const at::Tensor plain = a->value.detach().to(at::kCPU, scalar_type(dtype)).contiguous();
        TORCH_CHECK(plain.nbytes() == byte_count, "the tensor takes ", plain.nbytes(), " bytes, but there is room for ",
                    byte_count);
        if (byte_count) std::memcpy(destination, plain.data_ptr(), byte_count);
    });
}
