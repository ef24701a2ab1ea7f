// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

/// The state of BPE training: words as symbol lists, and how often each pair of symbols is adjacent in them.
struct MergeLearner {
    struct Pair: Hashable {
        var left: Int32
        var right: Int32
    }

    private struct Word {
        var symbols: [Int32]
        var count: Int
    }

    /// The pairs merged so far, in order; merge `n` makes symbol `256 + n`.
    private(set) var merges: [Pair] = []
    private var words: [Word]
    private var counts: [Pair: Int] = [:]
    /// The words a pair has ever occurred in; a word may have lost it since.
    private var occurrences: [Pair: Set<Int32>] = [:]
    private var queue = MinHeap<QueuedPair>()
    private var lengths = [Int](repeating: 1, count: 256)
    private let minimumCount: Int
    private let longestToken: Int

    init(_ wordCounts: [[UInt8]: Int], minimumCount: Int, longestToken: Int) {
        self.minimumCount = minimumCount
        self.longestToken = longestToken
        words = wordCounts.map { Word(symbols: $0.key.map(Int32.init), count: $0.value) }
        for (index, word) in words.enumerated() where word.symbols.count > 1 {
            for (left, right) in zip(word.symbols, word.symbols.dropFirst()) {
                let pair = Pair(left: left, right: right)
                counts[pair, default: 0] += word.count
                occurrences[pair, default: []].insert(Int32(index))
            }
        }
        for (pair, count) in counts { queue.push(QueuedPair(pair: pair, count: count)) }
    }

    /// Merges the best pair; false when none is left.
    mutating func step() -> Bool {
        while let next = queue.pop() {
            let pair = next.pair
            let current = counts[pair] ?? 0
            if current != next.count {
                // Stale: the pair lost occurrences after it was queued. Growth always queues anew.
                if current >= minimumCount, current < next.count {
                    queue.push(QueuedPair(pair: pair, count: current))
                }
                continue
            }
            if current < minimumCount { return false }
            let length = lengths[Int(pair.left)] + lengths[Int(pair.right)]
            if length > longestToken { continue }
            lengths.append(length)
            merge(pair)
            return true
        }
        return false
    }

    private mutating func merge(_ pair: Pair) {
        let merged = Int32(256 + merges.count)
        merges.append(pair)
        var changes: [Pair: Int] = [:]
        for index in occurrences[pair] ?? [] {
            replace(pair, with: merged, inWord: Int(index), &changes)
        }
        occurrences[pair] = nil
        counts[pair] = nil
        for (changed, change) in changes where changed != pair && change != 0 {
            let count = (counts[changed] ?? 0) + change
            counts[changed] = count > 0 ? count : nil
            if change > 0 { queue.push(QueuedPair(pair: changed, count: count)) }
        }
    }

    /// Rewrites one word and records how the counts of the pairs in it change.
    private mutating func replace(
        _ pair: Pair,
        with merged: Int32,
        inWord index: Int,
        _ changes: inout [Pair: Int]
    ) {
        let old = words[index].symbols
        let count = words[index].count
        var new: [Int32] = []
        new.reserveCapacity(old.count)
        var position = 0
        while position < old.count {
            if position + 1 < old.count, old[position] == pair.left, old[position + 1] == pair.right {
                new.append(merged)
                position += 2
            } else {
                new.append(old[position])
                position += 1
            }
        }
        guard new.count < old.count else { return }
        for (left, right) in zip(old, old.dropFirst()) { changes[Pair(left: left, right: right), default: 0] -= count }
        for (left, right) in zip(new, new.dropFirst()) {
            let pair = Pair(left: left, right: right)
            changes[pair, default: 0] += count
            if left == merged || right == merged { occurrences[pair, default: []].insert(Int32(index)) }
        }
        words[index].symbols = new
    }
}

/// A pair waiting in the heap; "smallest" is the highest count, then the lower ids.
private struct QueuedPair: Comparable {
    let pair: MergeLearner.Pair
    let count: Int

    static func < (left: Self, right: Self) -> Bool {
        if left.count != right.count { return left.count > right.count }
        return (left.pair.left, left.pair.right) < (right.pair.left, right.pair.right)
    }
}
