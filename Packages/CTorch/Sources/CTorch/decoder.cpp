// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

// A decoder behind the C header: checks of its parts and of what each step is given.

#include "decoder.hpp"
#include "kernels/kernels.hpp"

using namespace glyph;

namespace {

/// Takes the parts of a decoder over, checked: the kernels trust what they are given.
struct Intake {
    Decoder &decoder;

    const at::Tensor &keep(at::Tensor tensor) {
        decoder.kept.push_back(std::move(tensor));
        return decoder.kept.back();
    }

    /// A vector as f32.
    const float *vector(const ct_tensor *tensor, int64_t size) {
        TORCH_CHECK(tensor && has_plain_rows(tensor->value) && tensor->value.dim() == 1 &&
                        tensor->value.size(0) == size,
                    "a norm or bias must be a vector of size ", size, " on the processor");
        const at::Tensor &source = keep(tensor->value.detach());
        if (source.scalar_type() == at::kFloat) return source.data_ptr<float>();
        TORCH_CHECK(source.scalar_type() == at::kBFloat16, "a norm or bias must be f32 or bf16");
        decoder.widened.emplace_back(source, at::empty({size}, at::TensorOptions(at::kFloat)));
        return decoder.widened.back().second.data_ptr<float>();
    }

    MatrixRows matrix(const ct_matrix &matrix, int64_t rows, int64_t width) {
        TORCH_CHECK(matrix.values, "a matrix of the decoder is missing");
        const at::Tensor values = keep(matrix.values->value.detach());
        const at::ScalarType type = values.scalar_type();
        const bool scaled = type == at::kChar;
        TORCH_CHECK(values.dim() == 2 && (rows == 0 || values.size(0) == rows) && values.size(1) == width &&
                        has_plain_rows(values),
                    "a matrix of the decoder does not have the shape [", rows, ", ", width, "]");
        TORCH_CHECK(type == at::kFloat || type == at::kBFloat16 || type == at::kHalf || scaled,
                    "a matrix of the decoder must be f32, bf16, f16 or i8");
        MatrixRows result(values, at::Tensor(), at::Tensor());
        if (scaled) result.scales = vector(matrix.scales, values.size(0));
        if (matrix.bias) result.shift = vector(matrix.bias, values.size(0));
        return result;
    }

    void block(const ct_decoder_block &source, int64_t hidden, int64_t size) {
        DecoderBlock block;
        block.norm_before_attention = vector(source.norm_before_attention, hidden);
        block.norm_after_attention = vector(source.norm_after_attention, hidden);
        block.norm_before_mlp = vector(source.norm_before_mlp, hidden);
        block.norm_after_mlp = vector(source.norm_after_mlp, hidden);
        block.query = matrix(source.query, decoder.heads * size, hidden);
        block.key = matrix(source.key, decoder.kv_heads * size, hidden);
        block.value = matrix(source.value, decoder.kv_heads * size, hidden);
        block.output = matrix(source.output, hidden, decoder.heads * size);
        TORCH_CHECK(source.down.values && source.down.values->value.dim() == 2, "a matrix of the decoder is missing");
        const int64_t inner = source.down.values->value.size(1);
        block.gate_up = matrix(source.gate_up, 2 * inner, hidden);
        block.down = matrix(source.down, hidden, inner);
        TORCH_CHECK(decoder.blocks.empty() || inner == decoder.inner(), "the shapes of the decoder's blocks must match");
        decoder.blocks.push_back(block);
    }
};

/// The memory of a sequence, checked against the decoder.
DecoderMemory memory(const Decoder &d, const ct_tensor *cache, int64_t length) {
    TORCH_CHECK(cache, "the memory of a sequence is missing");
    const at::Tensor &t = cache->value;
    TORCH_CHECK(t.device().is_cpu() && t.scalar_type() == d.type && t.is_contiguous() && t.dim() == 5 &&
                    t.size(0) == static_cast<int64_t>(d.blocks.size()) && t.size(1) == 2 && t.size(2) == d.kv_heads &&
                    t.size(4) == d.head_size(),
                "the shape of a sequence's memory must be [layers, 2, kv_heads, capacity, head_size]");
    TORCH_CHECK(length >= 0 && length < t.size(3), "a sequence's memory is full: length ", length);
    return {t.data_ptr(), t.size(3), length};
}

}  // namespace

ct_status ct_decoder_new(const ct_decoder_block *blocks, int64_t count, const ct_tensor *norm, const ct_matrix *head,
                         int64_t heads, int64_t kv_heads, double epsilon, ct_decoder **out) {
    return guarded("decoder", {norm, head->values}, [&] {
        TORCH_CHECK(count > 0 && heads > 0 && kv_heads > 0 && heads % kv_heads == 0 && norm && norm->value.dim() == 1 &&
                        blocks[0].query.values && blocks[0].query.values->value.dim() == 2,
                    "the shapes of a decoder's parts must match");
        auto decoder = std::make_unique<ct_decoder>();
        Decoder &d = decoder->value;
        d.heads = heads, d.kv_heads = kv_heads, d.epsilon = static_cast<float>(epsilon);
        d.type = norm->value.scalar_type();
        TORCH_CHECK(d.type == at::kFloat || d.type == at::kBFloat16, "a decoder computes in f32 or bf16");
        const int64_t hidden = norm->value.size(0), size = blocks[0].query.values->value.size(0) / heads;
        // Pointers into `kept` tensors stay: a tensor's memory does not move with its handle.
        Intake intake{d};
        for (int64_t index = 0; index < count; ++index) intake.block(blocks[index], hidden, size);
        d.norm = intake.vector(norm, hidden);
        d.head = intake.matrix(*head, 0, hidden);
        *out = decoder.release();
    });
}

void ct_decoder_free(ct_decoder *decoder) { delete decoder; }

ct_status ct_decoder_step(const ct_decoder *decoder, const ct_tensor *x, const ct_tensor *cos, const ct_tensor *sin,
                          const ct_tensor *const *caches, const int64_t *lengths, ct_tensor **out) {
    return made("decoder_step", {x, cos, sin}, out, [&] {
        const Decoder &d = decoder->value;
        const at::Tensor &input = x->value;
        TORCH_CHECK(input.dim() == 2 && input.size(0) > 0 && input.size(1) == d.hidden() &&
                        input.scalar_type() == d.type && input.device().is_cpu(),
                    "the input must have the shape [sequences, hidden] and the decoder's type");
        const at::Tensor c = cos->value.to(at::kFloat).contiguous(), s = sin->value.to(at::kFloat).contiguous();
        TORCH_CHECK(c.sizes() == s.sizes() && c.dim() == 2 && c.size(0) == input.size(0) &&
                        2 * c.size(1) <= d.head_size(),
                    "the shape of cosines and sines must be [sequences, pairs]");
        std::vector<DecoderMemory> memories;
        for (int64_t index = 0; index < input.size(0); ++index)
            memories.push_back(memory(d, caches[index], lengths[index]));
        for (const auto &[source, wide] : d.widened)
            kernels().widen_bf16(source.data_ptr<at::BFloat16>(), wide.data_ptr<float>(), source.numel(), 1);
        at::Tensor logits = at::empty({input.size(0), d.head.rows}, at::TensorOptions(at::kFloat));
        decoder_step(d, input.contiguous(), c, s, memories, logits.data_ptr<float>());
        return logits;
    });
}
