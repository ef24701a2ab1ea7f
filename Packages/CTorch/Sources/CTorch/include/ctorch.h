// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors
//
// libtorch behind plain C.
//
// Every function that can fail returns a status and leaves its outputs alone unless the status is CT_OK; the message
// of the calling thread's last failure names the operation and the shapes of its operands. No C++ type, exception or
// print crosses this header. Tensors that come back through `out` are owned by the caller (+1): free them with
// `ct_free`. Arguments are borrowed (+0).
//
// An optional tensor may be NULL. A device is -1 for the processor or the number of a CUDA device. Dimensions may be
// negative and then count from the end, as in PyTorch.
#ifndef GLYPH_CTORCH_H
#define GLYPH_CTORCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
#define CT_API extern "C" __attribute__((visibility("default")))
#else
#define CT_API extern
#endif

/// A tensor with its share of the storage.
typedef struct ct_tensor ct_tensor;
/// The state of one random number generator.
typedef struct ct_generator ct_generator;
/// A scope in which a thread neither records gradients nor keeps versions of tensors.
typedef struct ct_inference ct_inference;

typedef int32_t ct_status;
enum {
    CT_OK = 0,
    CT_ERROR = 1,
    CT_OUT_OF_MEMORY = 2,
    CT_SHAPE = 3,   // sizes, dimensions or indices do not fit
    CT_DEVICE = 4,  // a device is missing, failed, or operands are on different ones
};

typedef int32_t ct_dtype;
enum { CT_F32 = 0, CT_BF16 = 1, CT_F16 = 2, CT_I64 = 3, CT_I32 = 4, CT_U8 = 5, CT_I8 = 6, CT_BOOL = 7, CT_F64 = 8, CT_I16 = 9 };

typedef int32_t ct_device;

// MARK: the library

/// The message of this thread's last failure; valid until its next one.
CT_API const char *ct_last_error(void);
/// Makes `message` this thread's last failure and returns `status`: how a function that is called back fails.
CT_API ct_status ct_fail(ct_status status, const char *message);
/// The version of libtorch that runs, such as "1.13.1".
CT_API const char *ct_version(void);
/// Whether the processor multiplies bf16 matrices in hardware.
CT_API bool ct_cpu_has_bf16(void);
/// Whether the processor multiplies many vectors of f32 as sums of two bf16 each: on matrix tiles, unless
/// GLYPH_EXACT_F32=1 is in the environment.
CT_API bool ct_cpu_splits_f32(void);
CT_API int32_t ct_thread_count(void);
CT_API ct_status ct_set_thread_count(int32_t count);
/// For the calling thread alone.
CT_API ct_status ct_set_caller_thread_count(int32_t count);
/// Whether libtorch may multiply f32 matrices as bf16 with sums in f32, where the processor has instructions for it.
CT_API ct_status ct_set_narrow_products(bool narrow);
CT_API int32_t ct_cuda_device_count(void);
/// Free and total bytes of a CUDA device.
CT_API ct_status ct_cuda_memory(ct_device device, int64_t *free_bytes, int64_t *total_bytes);
/// Waits until the work queued on a device is done; returns at once for the processor.
CT_API ct_status ct_synchronize(ct_device device);

// MARK: handles

CT_API void ct_free(ct_tensor *tensor);
/// Another handle of the same tensor, with its place in the graph.
CT_API ct_status ct_share(const ct_tensor *a, ct_tensor **out);
CT_API int64_t ct_rank(const ct_tensor *tensor);
/// Copies as many sizes as the tensor has dimensions.
CT_API void ct_sizes(const ct_tensor *tensor, int64_t *sizes);
CT_API int64_t ct_count(const ct_tensor *tensor);
/// -1 for a type that ct_dtype lacks.
CT_API ct_dtype ct_dtype_of(const ct_tensor *tensor);
CT_API ct_device ct_device_of(const ct_tensor *tensor);

// MARK: creation

CT_API ct_status ct_empty(const int64_t *sizes, int64_t rank, ct_dtype dtype, ct_device device, ct_tensor **out);
CT_API ct_status ct_full(const int64_t *sizes, int64_t rank, double value, ct_dtype dtype, ct_device device, ct_tensor **out);
CT_API ct_status ct_arange(double start, double end, double step, ct_dtype dtype, ct_device device, ct_tensor **out);
CT_API ct_status ct_from_bytes(const void *bytes, size_t byte_count, const int64_t *sizes, int64_t rank, ct_dtype dtype, ct_tensor **out);
/// A tensor over memory it does not own; `release(context)` is called once, when the last view of it is gone, also on
/// failure.
CT_API ct_status ct_from_memory(void *data, const int64_t *sizes, int64_t rank, ct_dtype dtype, void (*release)(void *), void *context, ct_tensor **out);
CT_API ct_status ct_clone(const ct_tensor *a, ct_tensor **out);
CT_API ct_status ct_to(const ct_tensor *a, ct_dtype dtype, ct_device device, ct_tensor **out);
/// Copies the elements, converted to `dtype`, in order to `destination`, which has room for exactly `byte_count` bytes.
CT_API ct_status ct_copy_out(const ct_tensor *a, ct_dtype dtype, void *destination, size_t byte_count);

// MARK: views and indexing

CT_API ct_status ct_reshape(const ct_tensor *a, const int64_t *sizes, int64_t rank, ct_tensor **out);
CT_API ct_status ct_permute(const ct_tensor *a, const int64_t *order, int64_t rank, ct_tensor **out);
CT_API ct_status ct_transpose(const ct_tensor *a, int64_t dim0, int64_t dim1, ct_tensor **out);
CT_API ct_status ct_expand(const ct_tensor *a, const int64_t *sizes, int64_t rank, ct_tensor **out);
CT_API ct_status ct_unsqueeze(const ct_tensor *a, int64_t dim, ct_tensor **out);
CT_API ct_status ct_squeeze(const ct_tensor *a, int64_t dim, ct_tensor **out);
CT_API ct_status ct_narrow(const ct_tensor *a, int64_t dim, int64_t start, int64_t length, ct_tensor **out);
CT_API ct_status ct_select(const ct_tensor *a, int64_t dim, int64_t index, ct_tensor **out);
CT_API ct_status ct_contiguous(const ct_tensor *a, ct_tensor **out);
CT_API ct_status ct_repeat_interleave(const ct_tensor *a, int64_t repeats, int64_t dim, ct_tensor **out);
CT_API ct_status ct_index_select(const ct_tensor *a, int64_t dim, const ct_tensor *index, ct_tensor **out);
CT_API ct_status ct_index_copy(const ct_tensor *a, int64_t dim, const ct_tensor *index, const ct_tensor *source, ct_tensor **out);
CT_API ct_status ct_cat(const ct_tensor *const *tensors, int64_t count, int64_t dim, ct_tensor **out);
CT_API ct_status ct_stack(const ct_tensor *const *tensors, int64_t count, int64_t dim, ct_tensor **out);
/// Writes `count` tensors to `outs`, one for each size; the sizes must add up to that of the dimension.
CT_API ct_status ct_split(const ct_tensor *a, const int64_t *sizes, int64_t count, int64_t dim, ct_tensor **outs);

// MARK: in place

CT_API ct_status ct_copy_into(const ct_tensor *destination, const ct_tensor *source);
CT_API ct_status ct_fill_into(const ct_tensor *destination, double value);
/// destination = beta * destination + alpha * source
CT_API ct_status ct_scale_add_into(const ct_tensor *destination, double beta, const ct_tensor *source, double alpha);
/// destination = beta * destination + alpha * a * b
CT_API ct_status ct_multiply_add_into(const ct_tensor *destination, double beta, const ct_tensor *a, const ct_tensor *b, double alpha);
/// destination = destination + alpha * a / b
CT_API ct_status ct_divide_add_into(const ct_tensor *destination, const ct_tensor *a, const ct_tensor *b, double alpha);

// MARK: element by element

typedef int32_t ct_unary_op;
enum {
    CT_NEGATE, CT_ABS, CT_SIN, CT_COS, CT_SQRT, CT_RSQRT, CT_SIGMOID, CT_GELU, CT_SQUARE,
};
CT_API ct_status ct_unary(ct_unary_op op, const ct_tensor *a, ct_tensor **out);

typedef int32_t ct_binary_op;
enum {
    CT_ADD, CT_SUBTRACT, CT_MULTIPLY, CT_DIVIDE, CT_POWER, CT_EQUAL, CT_NOT_EQUAL, CT_GREATER, CT_AND,
};
CT_API ct_status ct_binary(ct_binary_op op, const ct_tensor *a, const ct_tensor *b, ct_tensor **out);
CT_API ct_status ct_binary_scalar(ct_binary_op op, const ct_tensor *a, double b, ct_tensor **out);
/// As ct_binary_scalar with the operands swapped: b op a.
CT_API ct_status ct_scalar_binary(ct_binary_op op, double b, const ct_tensor *a, ct_tensor **out);
CT_API ct_status ct_masked_fill(const ct_tensor *a, const ct_tensor *mask, double value, ct_tensor **out);

// MARK: reductions

typedef int32_t ct_reduction;
enum { CT_SUM, CT_MEAN, CT_MAX, CT_MIN, CT_ALL, CT_NORM };
/// Reduces `dims`, or everything when `count` is 0.
CT_API ct_status ct_reduce(ct_reduction op, const ct_tensor *a, const int64_t *dims, int64_t count, bool keep, ct_tensor **out);
CT_API ct_status ct_argmax(const ct_tensor *a, int64_t dim, bool keep, ct_tensor **out);
CT_API ct_status ct_softmax(const ct_tensor *a, int64_t dim, ct_tensor **out);

// MARK: products and layers

CT_API ct_status ct_matmul(const ct_tensor *a, const ct_tensor *b, ct_tensor **out);
/// x [..., in] times weight [out, in] transposed, plus bias [out]. Takes the fastest path the processor has; x may be
/// f32 over a bf16 weight, and the result has the type of x.
CT_API ct_status ct_linear(const ct_tensor *x, const ct_tensor *weight, const ct_tensor *bias, ct_tensor **out);
/// Rows of weight [out, in] as int8 with one f32 scale each: q [out, in] i8, scales [out] f32. Fails where a
/// number is not finite.
CT_API ct_status ct_quantize_int8(const ct_tensor *weight, ct_tensor **q, ct_tensor **scales);
CT_API ct_status ct_linear_int8(const ct_tensor *x, const ct_tensor *q, const ct_tensor *scales, const ct_tensor *bias, ct_tensor **out);
/// silu(x · gate) * (x · up) for gate and up as the halves of one weight [2 * out, in], gate first; with scales of an int8
/// weight, or null. Where the product is fused, gate and up are not rounded to the type of x in between.
CT_API ct_status ct_gated_linear(const ct_tensor *x, const ct_tensor *gate_up, const ct_tensor *scales, ct_tensor **out);
CT_API ct_status ct_embedding(const ct_tensor *weight, const ct_tensor *ids, ct_tensor **out);
/// Root-mean-square norm over the last dimension: statistics in f32, rounded to the type of x, then times weight.
CT_API ct_status ct_rms_norm(const ct_tensor *x, const ct_tensor *weight, double epsilon, ct_tensor **out);
CT_API ct_status ct_layer_norm(const ct_tensor *x, const ct_tensor *weight, const ct_tensor *bias, double epsilon, ct_tensor **out);
/// silu(gate) * up
CT_API ct_status ct_silu_multiply(const ct_tensor *gate, const ct_tensor *up, ct_tensor **out);
/// Rotates the first 2n entries of the last dimension of x [batch, heads, seq, dim], n <= dim/2, by angles whose cosines
/// and sines are [seq, n] or [batch, seq, n]. Pairs are (2i, 2i + 1) if interleaved, otherwise (i, i + n).
CT_API ct_status ct_rotary(const ct_tensor *x, const ct_tensor *cos, const ct_tensor *sin, bool interleaved, ct_tensor **out);
/// Attention of q [batch, heads, q, dim] over k, v [batch, kv_heads, k, dim]; heads is a multiple of kv_heads.
///
/// Causal: query i sees keys 0...i + query_offset. `cu_seqlens` (i64 or i32, on the processor, from 0 to q) restricts
/// each query to the keys of its own segment and needs q = k. A `scale` of 0 means 1/sqrt(dim).
CT_API ct_status ct_attention(const ct_tensor *q, const ct_tensor *k, const ct_tensor *v, bool causal, int64_t query_offset, const ct_tensor *cu_seqlens, double scale, ct_tensor **out);
/// Bicubic samples of x [batch, channels, h, w] at grid [batch, oh, ow, 2]; outside of it lies what is at its edge.
CT_API ct_status ct_grid_sample(const ct_tensor *x, const ct_tensor *grid, ct_tensor **out);
/// Mean over targets that are not `ignore_index` of -log softmax(logits [n, classes])[targets [n]].
CT_API ct_status ct_cross_entropy(const ct_tensor *logits, const ct_tensor *targets, int64_t ignore_index, ct_tensor **out);

// MARK: a decoder for single tokens

/// A matrix [out, in] in the processor's memory: f32, bf16 or f16; or i8 with an f32 scale for each output.
typedef struct {
    const ct_tensor *values;
    const ct_tensor *scales;  // NULL unless i8
    const ct_tensor *bias;    // may be NULL
} ct_matrix;

/// A block of attention and a gated layer, each between a norm before and a norm after.
typedef struct {
    const ct_tensor *norm_before_attention, *norm_after_attention, *norm_before_mlp, *norm_after_mlp;
    ct_matrix query, key, value, output, gate_up, down;
} ct_decoder_block;

/// All blocks, the last norm and the head; shares the memory of its parts.
typedef struct ct_decoder ct_decoder;

/// Puts a decoder together; it computes in the type of `norm`, f32 or bf16.
CT_API ct_status ct_decoder_new(const ct_decoder_block *blocks, int64_t count, const ct_tensor *norm, const ct_matrix *head, int64_t heads, int64_t kv_heads, double epsilon, ct_decoder **out);
CT_API void ct_decoder_free(ct_decoder *decoder);
/// One token for each of a few sequences, as the separate operations would compute it, in one call.
///
/// x [sequences, hidden]; cos and sin [sequences, pairs], which turn neighbouring entries of each query and key. Each
/// sequence's cache is [layers, 2, kv_heads, capacity, head_size] in the decoder's type and holds `lengths[i]` positions;
/// the token's keys and values are written behind them. Gives the logits, f32 [sequences, vocabulary].
CT_API ct_status ct_decoder_step(const ct_decoder *decoder, const ct_tensor *x, const ct_tensor *cos, const ct_tensor *sin, const ct_tensor *const *caches, const int64_t *lengths, ct_tensor **out);

// MARK: random numbers

CT_API ct_status ct_generator_new(uint64_t seed, ct_device device, ct_generator **out);
CT_API void ct_generator_free(ct_generator *generator);
CT_API ct_status ct_random_normal(const int64_t *sizes, int64_t rank, ct_dtype dtype, const ct_generator *generator, ct_tensor **out);

// MARK: gradients

/// Returns what was set before.
CT_API bool ct_set_grad_enabled(bool enabled);
CT_API ct_status ct_inference_begin(ct_inference **out);
/// On the thread that began it, innermost first.
CT_API void ct_inference_end(ct_inference *scope);
CT_API bool ct_requires_grad(const ct_tensor *a);
CT_API ct_status ct_set_requires_grad(const ct_tensor *a, bool requires_grad);
CT_API ct_status ct_detach(const ct_tensor *a, ct_tensor **out);
/// Writes NULL if there is none yet.
CT_API ct_status ct_grad(const ct_tensor *a, ct_tensor **out);
/// NULL clears it.
CT_API ct_status ct_set_grad(const ct_tensor *a, const ct_tensor *grad);
/// Accumulates gradients in leaves; `gradient` is that of `a`, or NULL if `a` has one element.
CT_API ct_status ct_backward(const ct_tensor *a, const ct_tensor *gradient, bool retain_graph);
/// Gradients of `a` with respect to inputs, without touching the leaves' own. An unused input gives NULL.
CT_API ct_status ct_gradients(const ct_tensor *a, const ct_tensor *gradient, const ct_tensor *const *inputs, int64_t count, bool retain_graph, ct_tensor **outs);

/// Computes a tensor from another one, which it owns (+1), and gives it away (+1). Fails by `return ct_fail(…)`.
typedef ct_status (*ct_layer)(void *context, ct_tensor *x, ct_tensor **out);
/// Computes a layer and keeps nothing of it but x; the backward pass calls it again, perhaps from another thread.
///
/// The layer must compute the same each time, and whatever it uses besides x must be leaves of the graph or need no
/// gradients. `release(context)` is called once, when the graph is gone, also on failure.
CT_API ct_status ct_checkpoint(const ct_tensor *x, ct_layer layer, void (*release)(void *), void *context, ct_tensor **out);

#endif
