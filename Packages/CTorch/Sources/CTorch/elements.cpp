// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

// Operations on each element, reductions and order.

#include "support.hpp"

using namespace glyph;

ct_status ct_unary(ct_unary_op op, const ct_tensor *a, ct_tensor **out) {
    static const char *const names[] = {"neg", "abs", "exp", "log", "sin", "cos", "sqrt", "rsqrt", "reciprocal",
                                        "sigmoid", "tanh", "silu", "relu", "gelu", "gelu (tanh)", "floor", "ceil",
                                        "round", "square", "not", "isfinite"};
    return made(op >= 0 && op <= CT_IS_FINITE ? names[op] : "unary", {a}, out, [&]() -> at::Tensor {
        const at::Tensor &x = a->value;
        switch (op) {
            case CT_NEGATE: return x.neg();
            case CT_ABS: return x.abs();
            case CT_EXP: return x.exp();
            case CT_LOG: return x.log();
            case CT_SIN: return x.sin();
            case CT_COS: return x.cos();
            case CT_SQRT: return x.sqrt();
            case CT_RSQRT: return x.rsqrt();
            case CT_RECIPROCAL: return x.reciprocal();
            case CT_SIGMOID: return x.sigmoid();
            case CT_TANH: return x.tanh();
            case CT_SILU: return at::silu(x);
            case CT_RELU: return x.relu();
            case CT_GELU: return at::gelu(x);
            case CT_GELU_TANH: return at::gelu(x, "tanh");
            case CT_FLOOR: return x.floor();
            case CT_CEIL: return x.ceil();
            case CT_ROUND: return x.round();
            case CT_SQUARE: return x.square();
            case CT_NOT: return x.logical_not();
            case CT_IS_FINITE: return at::isfinite(x);
            default: TORCH_CHECK(false, "there is no such operation");
        }
    });
}

namespace {

const char *binary_name(ct_binary_op op) {
    static const char *const names[] = {"add", "sub", "mul", "div", "pow", "maximum", "minimum", "remainder", "eq",
                                        "ne", "lt", "le", "gt", "ge", "and", "or", "floor_divide"};
    return op >= 0 && op <= CT_FLOOR_DIVIDE ? names[op] : "binary";
}

at::Tensor binary(ct_binary_op op, const at::Tensor &a, const at::Tensor &b) {
    switch (op) {
        case CT_ADD: return a.add(b);
        case CT_SUBTRACT: return a.sub(b);
        case CT_MULTIPLY: return a.mul(b);
        case CT_DIVIDE: return a.div(b);
        case CT_POWER: return a.pow(b);
        case CT_MAXIMUM: return at::maximum(a, b);
        case CT_MINIMUM: return at::minimum(a, b);
        case CT_REMAINDER: return a.remainder(b);
        case CT_EQUAL: return a.eq(b);
        case CT_NOT_EQUAL: return a.ne(b);
        case CT_LESS: return a.lt(b);
        case CT_LESS_EQUAL: return a.le(b);
        case CT_GREATER: return a.gt(b);
        case CT_GREATER_EQUAL: return a.ge(b);
        case CT_AND: return a.logical_and(b);
        case CT_OR: return a.logical_or(b);
        case CT_FLOOR_DIVIDE: return a.div(b, "floor");
        default: TORCH_CHECK(false, "there is no such operation");
    }
}

at::Tensor binary(ct_binary_op op, const at::Tensor &a, const at::Scalar &b) {
    switch (op) {
        case CT_ADD: return a.add(b);
        case CT_SUBTRACT: return a.sub(b);
        case CT_MULTIPLY: return a.mul(b);
        case CT_DIVIDE: return a.div(b);
        case CT_POWER: return a.pow(b);
        case CT_MAXIMUM: return a.clamp_min(b);
        case CT_MINIMUM: return a.clamp_max(b);
        case CT_REMAINDER: return a.remainder(b);
        case CT_EQUAL: return a.eq(b);
        case CT_NOT_EQUAL: return a.ne(b);
        case CT_LESS: return a.lt(b);
        case CT_LESS_EQUAL: return a.le(b);
        case CT_GREATER: return a.gt(b);
        case CT_GREATER_EQUAL: return a.ge(b);
        case CT_FLOOR_DIVIDE: return a.div(b, "floor");
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
            default: return binary(op, a->value, scalar(b));
        }
    });
}

ct_status ct_clamp(const ct_tensor *a, double low, double high, ct_tensor **out) {
    return made("clamp", {a}, out, [&] { return a->value.clamp(scalar(low), scalar(high)); });
}

ct_status ct_where(const ct_tensor *condition, const ct_tensor *a, const ct_tensor *b, ct_tensor **out) {
    return made("where", {condition, a, b}, out, [&] { return at::where(condition->value, a->value, b->value); });
}

ct_status ct_masked_fill(const ct_tensor *a, const ct_tensor *mask, double value, ct_tensor **out) {
    return made("masked_fill", {a, mask}, out, [&] { return a->value.masked_fill(mask->value, scalar(value)); });
}

ct_status ct_reduce(ct_reduction op, const ct_tensor *a, const int64_t *dims, int64_t count, bool keep,
                    ct_tensor **out) {
    static const char *const names[] = {"sum", "mean", "max", "min", "logsumexp", "any", "all", "norm"};
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
            case CT_LOG_SUM_EXP: return x.logsumexp(chosen, keep);
            case CT_NORM: return at::linalg_vector_norm(x, 2, dimensions(dims, count), keep);
            case CT_ANY: return count ? x.any(dims[0], keep) : x.any();
            case CT_ALL: return count ? x.all(dims[0], keep) : x.all();
            default: TORCH_CHECK(false, "there is no such reduction");
        }
    });
}

ct_status ct_argmax(const ct_tensor *a, int64_t dim, bool keep, ct_tensor **out) {
    return made("argmax", {a}, out, [&] { return a->value.argmax(dim, keep); });
}

ct_status ct_topk(const ct_tensor *a, int64_t k, int64_t dim, ct_tensor **values, ct_tensor **indices) {
    return guarded("topk", {a}, [&] {
        auto [top, where] = a->value.topk(k, dim);
        auto first = std::make_unique<ct_tensor>(ct_tensor{top});
        give(where, indices);
        *values = first.release();
    });
}

ct_status ct_sort(const ct_tensor *a, int64_t dim, bool descending, ct_tensor **values, ct_tensor **indices) {
    return guarded("sort", {a}, [&] {
        auto [sorted, where] = a->value.sort(/*stable=*/true, dim, descending);
        auto first = std::make_unique<ct_tensor>(ct_tensor{sorted});
        give(where, indices);
        *values = first.release();
    });
}

ct_status ct_cumsum(const ct_tensor *a, int64_t dim, ct_tensor **out) {
    return made("cumsum", {a}, out, [&] { return a->value.cumsum(dim); });
}

ct_status ct_softmax(const ct_tensor *a, int64_t dim, ct_tensor **out) {
    return made("softmax", {a}, out, [&] { return a->value.softmax(dim); });
}

ct_status ct_log_softmax(const ct_tensor *a, int64_t dim, ct_tensor **out) {
    return made("log_softmax", {a}, out, [&] { return a->value.log_softmax(dim); });
}
