// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

// Views, joins, and reads and writes by index.

#include "support.hpp"

using namespace glyph;

ct_status ct_reshape(const ct_tensor *a, const int64_t *sizes, int64_t rank, ct_tensor **out) {
    return made("reshape", {a}, out, [&] { return a->value.reshape(list(sizes, rank)); });
}
ct_status ct_permute(const ct_tensor *a, const int64_t *order, int64_t rank, ct_tensor **out) {
    return made("permute", {a}, out, [&] { return a->value.permute(list(order, rank)); });
}
ct_status ct_transpose(const ct_tensor *a, int64_t dim0, int64_t dim1, ct_tensor **out) {
    return made("transpose", {a}, out, [&] { return a->value.transpose(dim0, dim1); });
}
ct_status ct_expand(const ct_tensor *a, const int64_t *sizes, int64_t rank, ct_tensor **out) {
    return made("expand", {a}, out, [&] { return a->value.expand(list(sizes, rank)); });
}
ct_status ct_unsqueeze(const ct_tensor *a, int64_t dim, ct_tensor **out) {
    return made("unsqueeze", {a}, out, [&] { return a->value.unsqueeze(dim); });
}
ct_status ct_squeeze(const ct_tensor *a, int64_t dim, ct_tensor **out) {
    return made("squeeze", {a}, out, [&] { return a->value.squeeze(dim); });
}
ct_status ct_narrow(const ct_tensor *a, int64_t dim, int64_t start, int64_t length, ct_tensor **out) {
    return made("narrow", {a}, out, [&] { return a->value.narrow(dim, start, length); });
}
ct_status ct_select(const ct_tensor *a, int64_t dim, int64_t index, ct_tensor **out) {
    return made("select", {a}, out, [&] { return a->value.select(dim, index); });
}
ct_status ct_contiguous(const ct_tensor *a, ct_tensor **out) {
    return made("contiguous", {a}, out, [&] { return a->value.contiguous(); });
}
ct_status ct_repeat_interleave(const ct_tensor *a, int64_t repeats, int64_t dim, ct_tensor **out) {
    return made("repeat_interleave", {a}, out, [&] { return a->value.repeat_interleave(repeats, dim); });
}
ct_status ct_index_select(const ct_tensor *a, int64_t dim, const ct_tensor *index, ct_tensor **out) {
    return made("index_select", {a, index}, out, [&] { return a->value.index_select(dim, index->value); });
}
ct_status ct_index_copy(const ct_tensor *a, int64_t dim, const ct_tensor *index, const ct_tensor *source,
                        ct_tensor **out) {
    return made("index_copy", {a, index, source}, out,
                [&] { return a->value.index_copy(dim, index->value, source->value); });
}
ct_status ct_cat(const ct_tensor *const *parts, int64_t count, int64_t dim, ct_tensor **out) {
    return made("cat", {count > 0 ? parts[0] : nullptr, count > 1 ? parts[1] : nullptr}, out,
                [&] { return at::cat(tensors(parts, count), dim); });
}
ct_status ct_stack(const ct_tensor *const *parts, int64_t count, int64_t dim, ct_tensor **out) {
    return made("stack", {count > 0 ? parts[0] : nullptr, count > 1 ? parts[1] : nullptr}, out,
                [&] { return at::stack(tensors(parts, count), dim); });
}
ct_status ct_split(const ct_tensor *a, const int64_t *sizes, int64_t count, int64_t dim, ct_tensor **outs) {
    return guarded("split", {a}, [&] {
        std::vector<at::Tensor> parts = a->value.split_with_sizes(list(sizes, count), dim);
        // All handles exist before the first is handed over, so that a failure hands over none.
        std::vector<std::unique_ptr<ct_tensor>> handles;
        for (at::Tensor &part : parts) handles.push_back(std::make_unique<ct_tensor>(ct_tensor{std::move(part)}));
        for (size_t index = 0; index < handles.size(); ++index) outs[index] = handles[index].release();
    });
}

ct_status ct_copy_into(const ct_tensor *destination, const ct_tensor *source) {
    return guarded("copy", {destination, source}, [&] { destination->value.copy_(source->value); });
}
ct_status ct_fill_into(const ct_tensor *destination, double value) {
    return guarded("fill", {destination}, [&] { destination->value.fill_(scalar(value)); });
}
ct_status ct_scale_add_into(const ct_tensor *destination, double beta, const ct_tensor *source, double alpha) {
    return guarded("scale and add", {destination, source}, [&] {
        if (beta != 1) destination->value.mul_(scalar(beta));
        destination->value.add_(source->value, scalar(alpha));
    });
}
ct_status ct_multiply_add_into(const ct_tensor *destination, double beta, const ct_tensor *a, const ct_tensor *b,
                               double alpha) {
    return guarded("multiply and add", {destination, a, b}, [&] {
        if (beta != 1) destination->value.mul_(scalar(beta));
        destination->value.addcmul_(a->value, b->value, scalar(alpha));
    });
}
ct_status ct_divide_add_into(const ct_tensor *destination, const ct_tensor *a, const ct_tensor *b, double alpha) {
    return guarded("divide and add", {destination, a, b},
                   [&] { destination->value.addcdiv_(a->value, b->value, scalar(alpha)); });
}
