// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

// One token for each of a few sequences through all blocks of a decoder. A token's products are so short that handing
// each to the threads anew would cost as much as computing it; here a team of threads stays together for all of them and
// waits five times a block. Activations are f32, rounded where the decoder's type is bf16 as its operations would round.

#include <atomic>
#include <memory>

#include "attention_part.hpp"
#include "decoder.hpp"
#include "kernels/parallel.hpp"
#include "rotary_row.hpp"

namespace glyph {

namespace {

/// Bytes of a block's weights for which one more thread is worth waiting for.
constexpr int64_t bytes_per_thread = 512 << 10;

/// Keys `first ...` of one key head of one sequence.
struct AttentionTask {
    int64_t sequence, head, part;
};

template <class Element>
struct Step {
    const Decoder &d;
    const float *cos, *sin;
    const int64_t pairs;
    const std::vector<DecoderMemory> &memories;
    const Element *input;
    float *const logits;

    const int64_t sequences = memories.size(), hidden = d.hidden(), size = d.head_size(), inner = d.inner();
    const int64_t groups = d.groups(), layers = d.blocks.size();
    const int64_t threads = team_size();
    const std::vector<AttentionTask> tasks = attention_tasks();

    // One piece of memory for everything.
    const int64_t task_floats = groups * (size + 2);
    const int64_t thread_floats = 2 * sequences * hidden + groups * (size + keys_per_task);
    const at::Tensor memory = at::empty({sequences * (d.joint() + d.heads * size + hidden + 2 * inner) +
                                         static_cast<int64_t>(tasks.size()) * task_floats + threads * thread_floats},
                                        at::TensorOptions(at::kFloat));
    float *const joint = memory.data_ptr<float>();               // queries, keys, values of each sequence
    float *const mixed = joint + sequences * d.joint();          // what attention gives
    float *const projected = mixed + sequences * d.heads * size; // what a block's half adds
    float *const gated = projected + sequences * hidden;         // gate and up
    float *const parts = gated + sequences * 2 * inner;          // what each attention task gives
    float *const own = parts + tasks.size() * task_floats;       // scratch of each thread
    // For each layer: the next task, and for each head of each sequence the parts that are done.
    const int64_t counters_per_layer = 1 + sequences * d.kv_heads;
    const std::unique_ptr<std::atomic<int64_t>[]> counters{new std::atomic<int64_t>[layers * counters_per_layer]()};

    int64_t team_size() const {
        const DecoderBlock &b = d.blocks[0];
        int64_t bytes = 0;
        for (const MatrixRows *matrix : {&b.query, &b.key, &b.value, &b.output, &b.gate_up, &b.down})
            bytes += matrix->rows * matrix->row_bytes;
        return std::max<int64_t>(1, std::min<int64_t>(at::get_num_threads(), bytes / bytes_per_thread));
    }

    int64_t parts_of(int64_t sequence) const { return memories[sequence].length / keys_per_task + 1; }

    std::vector<AttentionTask> attention_tasks() const {
        std::vector<AttentionTask> tasks;
        for (int64_t sequence = 0; sequence < sequences; ++sequence)
            for (int64_t head = 0; head < d.kv_heads; ++head)
                for (int64_t part = 0; part < parts_of(sequence); ++part) tasks.push_back({sequence, head, part});
        return tasks;
    }

    /// Rounds to the decoder's type.
    void settle(float *values, int64_t count) const {
        if (d.type == at::kBFloat16) kernels().round_bf16(values, count);
    }

    void norm(const float *x, const float *weight, float *y) const {
        const auto kernel = d.type == at::kBFloat16 ? kernels().rms_norm_rounded : kernels().rms_norm_f32;
        for (int64_t row = 0; row < sequences; ++row)
            kernel(x + row * hidden, weight, y + row * hidden, hidden, d.epsilon);
    }

    /// The values of a thread: the residual stream, which every thread keeps for itself, and a normed copy.
    struct Thread {
        int64_t index, count;
        float *x, *normed, *queries, *scores;

        /// This thread's share of a number of rows, in whole groups of them: one piece, because memory is read fastest in
        /// one stream.
        std::pair<int64_t, int64_t> share(int64_t rows) const {
            const int64_t unit = 8, units = (rows + unit - 1) / unit;
            return {std::min(rows, units * index / count * unit), std::min(rows, units * (index + 1) / count * unit)};
        }

    };

    /// A thread's share of a product for all sequences, rounded.
    void multiply(const Thread &t, const MatrixRows &matrix, const float *x, int64_t ldx, float *y) const {
        const auto [begin, end] = t.share(matrix.rows);
        matrix.multiply(begin, end, x, ldx, sequences, y, matrix.rows);
        for (int64_t row = 0; row < sequences; ++row) settle(y + row * matrix.rows + begin, end - begin);
    }

    /// Queries, keys and values: their rows are shared out as if they were those of one matrix.
    void multiply_joint(const Thread &t, const DecoderBlock &block) const {
        const auto [begin, end] = t.share(d.joint());
        int64_t first = 0;
        for (const MatrixRows *matrix : {&block.query, &block.key, &block.value}) {
            const int64_t low = std::max<int64_t>(begin - first, 0), high = std::min(end - first, matrix->rows);
            matrix->multiply(low, high, t.normed, hidden, sequences, joint + first, d.joint());
            first += matrix->rows;
        }
        for (int64_t row = 0; row < sequences; ++row) settle(joint + row * d.joint() + begin, end - begin);
    }

    /// Gates and what they let through, and their product in the place of the gates.
    void multiply_gated(const Thread &t, const DecoderBlock &block) const {
        const auto [begin, end] = t.share(inner);
        for (const int64_t first : {int64_t(0), inner})
            block.gate_up.multiply(first + begin, first + end, t.normed, hidden, sequences, gated, 2 * inner);
        for (int64_t row = 0; row < sequences; ++row) {
            float *gate = gated + row * 2 * inner + begin;
            settle(gate, end - begin);
            settle(gate + inner, end - begin);
            kernels().silu_multiply_f32(gate, gate + inner, gate, end - begin);
            settle(gate, end - begin);
        }
    }

    /// x += norm(projected)
    void add_projected(const Thread &t, const float *weight) const {
        norm(projected, weight, t.normed);
        for (int64_t i = 0; i < sequences * hidden; ++i) t.x[i] += t.normed[i];
        settle(t.x, sequences * hidden);
    }

    void turn(const float *from, float *to, int64_t sequence) const {
        rotate_row</*interleaved=*/true>(from, to, cos + sequence * pairs, sin + sequence * pairs, pairs, size);
        settle(to, size);
    }

    Element *cache(int64_t layer, int64_t which, const AttentionTask &task) const {
        const DecoderMemory &m = memories[task.sequence];
        return static_cast<Element *>(m.data) + ((layer * 2 + which) * d.kv_heads + task.head) * m.capacity * size;
    }

    /// Writes the token's key and value behind the others.
    void remember(const AttentionTask &task, Element *keys, Element *values, float *turned) const {
        const int64_t at = memories[task.sequence].length * size;
        const float *key = joint + task.sequence * d.joint() + (d.heads + task.head) * size;
        turn(key, turned, task.sequence);
        for (int64_t i = 0; i < size; ++i) {
            keys[at + i] = static_cast<Element>(turned[i]);
            values[at + i] = static_cast<Element>(key[d.kv_heads * size + i]);
        }
    }

    void attend(const Thread &t, int64_t layer, int64_t index) const {
        const AttentionTask &task = tasks[index];
        const int64_t first = task.part * keys_per_task, length = memories[task.sequence].length + 1;
        Element *keys = cache(layer, 0, task), *values = cache(layer, 1, task);
        if (task.part + 1 == parts_of(task.sequence)) remember(task, keys, values, t.queries);
        const float scale = static_cast<float>(1 / std::sqrt(static_cast<double>(size)));
        for (int64_t row = 0; row < groups; ++row) {
            float *query = t.queries + row * size;
            turn(joint + task.sequence * d.joint() + (task.head * groups + row) * size, query, task.sequence);
            for (int64_t i = 0; i < size; ++i) query[i] *= scale;
        }
        const KeyPart<Element> part{keys + first * size, values + first * size, size, size,
                                    std::min(keys_per_task, length - first), size};
        part.score(t.queries, groups, t.scores);
        float *result = values_of(index);
        part.gather(t.scores, groups, result, result + groups * size, result + groups * (size + 1));
    }

    float *values_of(int64_t index) const { return parts + index * task_floats; }

    /// Joins the parts of a head; `index` is its first task.
    void join(int64_t index) const {
        const AttentionTask &task = tasks[index];
        for (int64_t row = 0; row < groups; ++row) {
            float *values = values_of(index) + row * size, *maxima = values_of(index) + groups * size + row;
            join_parts(parts_of(task.sequence), task_floats, task_floats, size, values, maxima, maxima + groups);
            float *to = mixed + task.sequence * d.heads * size + (task.head * groups + row) * size;
            std::copy(values, values + size, to);
            settle(to, size);
        }
    }

    /// Takes tasks until none is left; who finishes the last part of a head joins them.
    void attention(const Thread &t, std::atomic<int64_t> *counter, int64_t layer) const {
        const int64_t count = tasks.size();
        for (int64_t index = (*counter)++; index < count; index = (*counter)++) {
            const AttentionTask &task = tasks[index];
            attend(t, layer, index);
            const int64_t done = ++counter[1 + task.sequence * d.kv_heads + task.head];
            if (done == parts_of(task.sequence)) join(index - task.part);
        }
    }

    void run(int64_t index, int64_t count) const {
        float *start = own + index * thread_floats;
        const Thread t{index, count, start, start + sequences * hidden, start + 2 * sequences * hidden,
                       start + 2 * sequences * hidden + groups * size};
        for (int64_t i = 0; i < sequences * hidden; ++i) t.x[i] = static_cast<float>(input[i]);
        std::atomic<int64_t> *counter = counters.get();
        for (int64_t layer = 0; layer < layers; ++layer, counter += counters_per_layer) {
            const DecoderBlock &block = d.blocks[layer];
            norm(t.x, block.norm_before_attention, t.normed);
            multiply_joint(t, block);
            team_barrier(count);
            attention(t, counter, layer);
            team_barrier(count);
            multiply(t, block.output, mixed, d.heads * size, projected);
            team_barrier(count);
            add_projected(t, block.norm_after_attention);
            norm(t.x, block.norm_before_mlp, t.normed);
            multiply_gated(t, block);
            team_barrier(count);
            // The gated values lie before those of up, in rows twice as long.
            multiply(t, block.down, gated, 2 * inner, projected);
            team_barrier(count);
            add_projected(t, block.norm_after_mlp);
        }
        norm(t.x, d.norm, t.normed);
        multiply(t, d.head, t.normed, hidden, logits);
    }
};

template <class Element>
void step(const Decoder &d, const at::Tensor &x, const at::Tensor &cos, const at::Tensor &sin,
          const std::vector<DecoderMemory> &memories, float *logits) {
    const Step<Element> step{d, cos.data_ptr<float>(), sin.data_ptr<float>(), cos.size(1), memories,
                             x.data_ptr<Element>(), logits};
    parallel_team(step.threads, [&](int64_t index, int64_t count) { step.run(index, count); });
}

}  // namespace

void decoder_step(const Decoder &d, const at::Tensor &x, const at::Tensor &cos, const at::Tensor &sin,
                  const std::vector<DecoderMemory> &memories, float *logits) {
    if (d.type == at::kFloat) return step<float>(d, x, cos, sin, memories, logits);
    step<at::BFloat16>(d, x, cos, sin, memories, logits);
}

}  // namespace glyph
