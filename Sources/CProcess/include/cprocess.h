// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

// What a process asks of the C library and the system that Swift's modules leave out, or answer in milliseconds.

#pragma once

/// Lets a processor's other thread run while this one waits in a loop.
static inline void cprocess_relax(void) {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#endif
}

/// Makes the process take memory from the system in a few large pieces and keep what is freed.
///
/// A page of text is drawn in half a millisecond; fresh memory comes 4 KiB a page fault and would take as long again.
/// Call it first, while no other thread exists. Not an error where it has no effect.
void cprocess_take_memory_in_large_pieces(void);

/// How many processors the process may use, as its affinity and the control group it sees as its root allow.
///
/// `ProcessInfo.activeProcessorCount` knows the same but for groups of the second version, and takes 0.8 ms.
int cprocess_processors(void);

/// Keeps the calling thread on a processor of its own from now on: the one it is on, or the next of those that
/// ``cprocess_processors`` counted and no thread keeps to. Without effect when there is none.
///
/// Threads and processes that it starts inherit its processor.
void cprocess_stay_apart(void);
