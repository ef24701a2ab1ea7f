// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

// Loops over the threads that libtorch and its BLAS use already.
//
// libtorch's own parallel_for is serial in a file compiled without OpenMP, and the compiler that comes with Swift has no
// OpenMP. So the loops enter the same runtime by the two functions that compilers call for a parallel region. A pool of
// our own would fight for cores with the runtime's threads, which spin for a while after each operation.
#pragma once

#include <ATen/Parallel.h>

#include <algorithm>
#include <atomic>
#include <cstdint>

extern "C" {
void GOMP_parallel(void (*body)(void *), void *data, unsigned threads, unsigned flags);
void GOMP_barrier(void);
int omp_get_thread_num(void);
int omp_get_num_threads(void);
int omp_in_parallel(void);
}

namespace glyph {

/// Threads for `count` items of which each thread should have `grain`.
inline int64_t threads_for(int64_t count, int64_t grain) {
    if (count <= grain || omp_in_parallel()) return 1;
    return std::min<int64_t>(at::get_num_threads(), (count + grain - 1) / std::max<int64_t>(grain, 1));
}

/// Calls body(begin, end) for one range of 0 ..< count on each thread. The body must not throw.
template <class Body>
void parallel_ranges(int64_t count, int64_t grain, const Body &body) {
    const int64_t threads = threads_for(count, grain);
    if (threads <= 1) {
        if (count > 0) body(int64_t(0), count);
        return;
    }
    struct Task {
        const Body &body;
        int64_t count;
    } task{body, count};
    GOMP_parallel(
        [](void *data) {
            const Task &task = *static_cast<const Task *>(data);
            const int64_t part = omp_get_thread_num(), parts = omp_get_num_threads();
            const int64_t begin = task.count * part / parts, end = task.count * (part + 1) / parts;
            if (begin < end) task.body(begin, end);
        },
        &task, static_cast<unsigned>(threads), 0);
}

/// Calls body(thread, threads) once on each of at most `wanted` threads, which may wait for each other with
/// `team_barrier`: cheaper than a loop for each of many short steps. The body must not throw.
template <class Body>
void parallel_team(int64_t wanted, const Body &body) {
    if (wanted <= 1 || omp_in_parallel()) return body(int64_t(0), int64_t(1));
    GOMP_parallel(
        [](void *data) {
            const Body &body = *static_cast<const Body *>(data);
            body(int64_t(omp_get_thread_num()), int64_t(omp_get_num_threads()));
        },
        const_cast<Body *>(&body), static_cast<unsigned>(wanted), 0);
}

/// Waits until all `threads` of the team are here.
inline void team_barrier(int64_t threads) {
    if (threads > 1) GOMP_barrier();
}

/// Calls body(item, thread) for 0 ..< count; a thread that is done takes the next item. The body must not throw.
template <class Body>
void parallel_items(int64_t count, int64_t grain, const Body &body) {
    const int64_t threads = threads_for(count, grain);
    if (threads <= 1) {
        for (int64_t item = 0; item < count; ++item) body(item, int64_t(0));
        return;
    }
    struct Task {
        const Body &body;
        int64_t count;
        std::atomic<int64_t> next{0};
    } task{body, count};
    GOMP_parallel(
        [](void *data) {
            Task &task = *static_cast<Task *>(data);
            const int64_t thread = omp_get_thread_num();
            for (int64_t item = task.next++; item < task.count; item = task.next++) task.body(item, thread);
        },
        &task, static_cast<unsigned>(threads), 0);
}

}  // namespace glyph
