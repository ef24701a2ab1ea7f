// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

// The only place where exceptions become statuses and messages.

#include <cstring>
#include <new>

#include "support.hpp"

namespace {

thread_local std::string last_error;

bool has(const std::string &text, std::initializer_list<const char *> words) {
    for (const char *word : words)
        if (text.find(word) != std::string::npos) return true;
    return false;
}

/// libtorch throws one type for nearly everything, so its wording decides. Out of memory comes first: those messages
/// also speak of sizes and devices.
ct_status kind_of(const std::string &text) {
    if (has(text, {"out of memory", "can't allocate memory", "not enough memory", "Storage size calculation overflowed",
                   "numel: integer multiplication overflow", "bad allocation"}))
        return CT_OUT_OF_MEMORY;
    if (has(text, {"same device", "CUDA", "cuda", "different device"})) return CT_DEVICE;
    if (has(text, {"shape", "size", "dimension", "Dimension", "out of range", "out of bounds", "dim ", "dims", "must match", "length"}))
        return CT_SHAPE;
    return CT_ERROR;
}

const char *type_name(const at::Tensor &tensor) {
    switch (glyph::dtype_code(tensor.scalar_type())) {
        case CT_F32: return "f32";
        case CT_BF16: return "bf16";
        case CT_F16: return "f16";
        case CT_I64: return "i64";
        case CT_I32: return "i32";
        case CT_U8: return "u8";
        case CT_I8: return "i8";
        case CT_BOOL: return "bool";
        case CT_F64: return "f64";
        case CT_I16: return "i16";
        default: return "other";
    }
}

/// The operation, then the type and shape of each operand: "matmul(f32[2, 3], f32[4, 5])".
std::string call(const char *operation, const glyph::Operands &operands) {
    std::string text = operation;
    text += "(";
    bool first = true;
    for (const ct_tensor *operand : operands) {
        if (!operand) continue;
        if (!first) text += ", ";
        first = false;
        if (!operand->value.defined()) {
            text += "undefined";
            continue;
        }
        text += type_name(operand->value);
        text += "[";
        for (int64_t dim = 0; dim < operand->value.dim(); ++dim)
            text += (dim ? ", " : "") + std::to_string(operand->value.size(dim));
        text += "]";
    }
    return text + ")";
}

ct_status record(const char *operation, const glyph::Operands &operands, ct_status kind, const std::string &reason) {
    last_error = call(operation, operands) + ": " + reason;
    return kind;
}

}  // namespace

namespace glyph {

ct_status report(const char *operation, const Operands &operands) noexcept {
    try {
        try {
            throw;
        } catch (const Failure &failure) {
            last_error = failure.message;
            return failure.status;
        } catch (const c10::OutOfMemoryError &error) {
            return record(operation, operands, CT_OUT_OF_MEMORY, error.what_without_backtrace());
        } catch (const c10::IndexError &error) {
            return record(operation, operands, CT_SHAPE, error.what_without_backtrace());
        } catch (const c10::Error &error) {
            std::string reason = error.what_without_backtrace();
            return record(operation, operands, kind_of(reason), reason);
        } catch (const std::bad_alloc &) {
            return record(operation, operands, CT_OUT_OF_MEMORY, "out of memory");
        } catch (const std::exception &error) {
            return record(operation, operands, kind_of(error.what()), error.what());
        } catch (...) {
            return record(operation, operands, CT_ERROR, "an unknown exception");
        }
    } catch (...) {
        // Not even the message could be written.
        last_error.clear();
        return CT_OUT_OF_MEMORY;
    }
}

}  // namespace glyph

const char *ct_last_error(void) { return last_error.empty() ? "out of memory" : last_error.c_str(); }

ct_status ct_fail(ct_status status, const char *message) {
    try {
        last_error = message;
    } catch (...) {
        last_error.clear();
        return CT_OUT_OF_MEMORY;
    }
    return status;
}
