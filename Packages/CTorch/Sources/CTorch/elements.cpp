// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

// Operations on each element and reductions.

#include "support.hpp"

using namespace glyph;

ct_status ct_unary(ct_unary_op op, const ct_tensor *a, ct_tensor **out) {
    static const char *const names[] = {"neg", "abs", "sin", "cos", "sqrt", "rsqrt", "sigmoid", "gelu", "square"};
    return made(op >= 0 && op <= CT_SQUARE ? names[op] : "unary", {a}, out, [&]() -> at::Tensor {
        const at::Tensor &x = a->value;
        switch (op) {
            case CT_NEGATE: return x.neg();
            case CT_ABS: return x.abs();
            case CT_SIN: return x.sin();
            case CT_COS: return x.cos();
            case CT_SQRT: return x.sqrt();
            case CT_RSQRT: return x.rsqrt();
            case CT_SIGMOID: return x.sigmoid();
            case CT_GELU: return at::gelu(x);
            case CT_SQUARE: return x.square();
            default: TORCH_CHECK(false, "there is no such operation");
        }
    });
}

namespace {

const char *binary_name(ct_binary_op op) {
    static const char *const names[] = {"add", "sub", "mul", "div", "pow", "eq", "ne", "gt", "and"};
    return op >= 0 && op <= CT_AND ? names[op] : "binary";
}

at::Tensor binary(ct_binary_op op, const at::Tensor &a, const at::Tensor &b) {
    switch (op) {
        case CT_ADD: return a.add(b);
        case CT_SUBTRACT: return a.sub(b);
        case CT_MULTIPLY: return a.mul(b);
        case CT_DIVIDE: return a.div(b);
        case CT_EQUAL: return a.eq(b);
        case CT_NOT_EQUAL: return a.ne(b);
        case CT_GREATER: return a.gt(b);
        case CT_AND: return a.logical_and(b);
        default: TORCH_CHECK(false, "there is no such operation");
    }
}

at::Tensor binary(ct_binary_op op, const at::Tensor &a, const at::Scalar &b) {
    switch (op) {
        case CT_ADD: return a.add(b);
        case CT_SUBTRACT: return a.sub(b);
        case CT_MULTIPLY: return a.mul(b);
        case CT_DIVIDE: return a.div(b);
        default: TORCH_CHECK(false, "there is no such operation with a number");
    }
}

at::OptionalIntArrayRef dimensions(const int64_t *dims, int64_t count) {
    return count ? at::OptionalIntArrayRef(list(dims, count)) : at::OptionalIntArrayRef();
}

}  // namespace

ct_status ct_binary(ct_binary_op op, const ct_tensor *a, const ct_tensor *b, ct_tensor **out) {
    return made(binary_name(op), {a, b}, out, [&] { return binary(op, a->value, b->value); });
}

ct_status ct_binary_scalar(ct_binary_op op, const ct_tensor *a, double b, ct_tensor **out) {
    return made(binary_name(op), {a}, out, [&] { return binary(op, a->value, scalar(b)); });
}

ct_status ct_scalar_binary(ct_binary_op op, double b, const ct_tensor *a, ct_tensor **out) {
    return made(binary_name(op), {a}, out, [&]() -> at::Tensor {
        switch (op) {
            case CT_SUBTRACT: return at::rsub(a->value, scalar(b));
            case CT_DIVIDE: return a->value.reciprocal().mul(scalar(b));
            case CT_POWER: return at::pow(scalar(b), a->value);
            case CT_ADD:
            case CT_MULTIPLY: return binary(op, a->value, scalar(b));
            default: return binary(op, at::scalar_tensor(scalar(b), a->value.options()), a->value);
        }
    });
}

ct_status ct_masked_fill(const ct_tensor *a, const ct_tensor *mask, double value, ct_tensor **out) {
    return made("masked_fill", {a, mask}, out, [&] { return a->value.masked_fill(mask->value, scalar(value)); });
}

ct_status ct_reduce(ct_reduction op, const ct_tensor *a, const int64_t *dims, int64_t count, bool keep,
                    ct_tensor **out) {
    static const char *const names[] = {"sum", "mean", "max", "min", "all", "norm"};
    return made(op >= 0 && op <= CT_NORM ? names[op] : "reduce", {a}, out, [&]() -> at::Tensor {
        const at::Tensor &x = a->value;
        std::vector<int64_t> every;
        if (!count)
            for (int64_t dim = 0; dim < x.dim(); ++dim) every.push_back(dim);
        const at::IntArrayRef chosen = count ? list(dims, count) : at::IntArrayRef(every);
        switch (op) {
            case CT_SUM: return x.sum(dimensions(dims, count), keep);
            case CT_MEAN: return x.mean(dimensions(dims, count), keep);
            case CT_MAX: return x.amax(chosen, keep);
            case CT_MIN: return x.amin(chosen, keep);
            case CT_NORM: return at::linalg_vector_norm(x, 2, dimensions(dims, count), keep);
            case CT_ALL: return count ? x.all(dims[0], keep) : x.all();
            default: TORCH_CHECK(false, "there is no such reduction");
        }
    });
}

ct_status ct_argmax(const ct_tensor *a, int64_t dim, bool keep, ct_tensor **out) {
    return made("argmax", {a}, out, [&] { return a->value.argmax(dim, keep); });
}

ct_status ct_softmax(const ct_tensor *a, int64_t dim, ct_tensor **out) {
    return made("softmax", {a}, out, [&] { return a->value.softmax(dim); });
}
