// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

/// Applies merges to the bytes of one word until none fits: lowest rank first, leftmost first among equals.
///
/// Short words rescan for the lowest rank after each merge, which is quickest up to a few dozen bytes. Long ones (a
/// paragraph of Chinese is one word to these patterns) use a heap over a linked list, so that no input is quadratic.
struct PairMerger {
    private let merges: MergeTable
    private let byteIDs: [Int32]
    private static let longestRescanned = 48
    private static let none = UInt32.max

    private var ranks: [UInt32] = []
    private var merged: [Int32] = []
    private var nexts: [Int32] = []
    private var previous: [Int32] = []
    private var queue = MinHeap<QueuedMerge>()

    /// Prepares to merge words whose 256 single bytes have the ids `byteIDs`.
    init(_ merges: MergeTable, byteIDs: [Int32]) {
        self.merges = merges
        self.byteIDs = byteIDs
    }

    /// Leaves the ids of `word` in `ids`, replacing what was there.
    mutating func merge(_ word: UnsafeBufferPointer<UInt8>, into ids: inout [Int32]) {
        ids.removeAll(keepingCapacity: true)
        for byte in word { ids.append(byteIDs[Int(byte)]) }
        guard ids.count > 1 else { return }
        ranks.removeAll(keepingCapacity: true)
        merged.removeAll(keepingCapacity: true)
        for index in 1..<ids.count {
            let pair = merges.lookUp(ids[index - 1], ids[index])
            ranks.append(pair.rank)
            merged.append(pair.merged)
        }
        ranks.append(Self.none)
        merged.append(-1)
        ids.count <= Self.longestRescanned ? rescan(&ids) : drain(&ids)
    }

    private mutating func rescan(_ ids: inout [Int32]) {
        var count = ids.count
        ids.withUnsafeMutableBufferPointer { ids in
            ranks.withUnsafeMutableBufferPointer { ranks in
                merged.withUnsafeMutableBufferPointer { merged in
                    while count > 1 {
                        // Rank and place in one number: no branch depends on where the lowest rank is.
                        var lowest = UInt64.max
                        for index in 0..<count - 1 { lowest = min(lowest, UInt64(ranks[index]) << 32 | UInt64(index)) }
                        let best = Int(lowest & 0xFFFF_FFFF)
                        guard ranks[best] != Self.none else { break }
                        ids[best] = merged[best]
                        count -= 1
                        for index in best + 1..<max(best + 1, count) {
                            ids[index] = ids[index + 1]
                            ranks[index] = ranks[index + 1]
                            merged[index] = merged[index + 1]
                        }
                        if best + 1 < count {
                            (ranks[best], merged[best]) = merges.lookUp(ids[best], ids[best + 1])
                        } else {
                            ranks[best] = Self.none
                        }
                        if best > 0 {
                            (ranks[best - 1], merged[best - 1]) = merges.lookUp(ids[best - 1], ids[best])
                        }
                    }
                }
            }
        }
        ids.removeLast(ids.count - count)
    }

    private mutating func drain(_ ids: inout [Int32]) {
        let count = ids.count
        nexts.removeAll(keepingCapacity: true)
        previous.removeAll(keepingCapacity: true)
        nexts.append(contentsOf: 1...Int32(count))
        previous.append(contentsOf: -1..<Int32(count) - 1)
        queue.removeAll()
        for index in 0..<count - 1 where ranks[index] != Self.none {
            queue.push(QueuedMerge(rank: ranks[index], position: index))
        }
        while let next = queue.pop() {
            let index = next.position
            guard ranks[index] == next.rank else { continue }  // merged away, or re-ranked since it was queued
            ids[index] = merged[index]
            let consumed = Int(nexts[index])
            ranks[consumed] = Self.none
            ids[consumed] = -1
            let following = Int(nexts[consumed])
            nexts[index] = Int32(following)
            if following < count { previous[following] = Int32(index) }
            rerank(index, before: following, ids)
            let preceding = Int(previous[index])
            if preceding >= 0 { rerank(preceding, before: index, ids) }
        }
        ids.removeAll { $0 < 0 }
    }

    /// Looks up the pair at `index` again after one of its halves changed.
    private mutating func rerank(_ index: Int, before next: Int, _ ids: [Int32]) {
        guard next < ids.count else {
            ranks[index] = Self.none
            return
        }
        (ranks[index], merged[index]) = merges.lookUp(ids[index], ids[next])
        if ranks[index] != Self.none { queue.push(QueuedMerge(rank: ranks[index], position: index)) }
    }
}

/// A merge waiting in the heap: rank and position packed so that one comparison orders both.
private struct QueuedMerge: Comparable {
    private let packed: UInt64

    init(rank: UInt32, position: Int) { packed = UInt64(rank) << 32 | UInt64(position) }

    var rank: UInt32 { UInt32(truncatingIfNeeded: packed >> 32) }
    var position: Int { Int(packed & 0xFFFF_FFFF) }

    static func < (left: Self, right: Self) -> Bool { left.packed < right.packed }
}
