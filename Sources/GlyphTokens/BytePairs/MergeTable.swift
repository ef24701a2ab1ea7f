// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

/// Which pairs of tokens merge, how early, and into what.
///
/// The rank is the merge's place in the trained order; the token it makes is kept by rank. The table is open
/// addressing in raw memory because every step of encoding asks it, and it is written once before it is shared. Slots
/// hold ranks only, 4 bytes each, so that little fresh memory is touched when a tokenizer loads.
final class MergeTable: @unchecked Sendable {
    /// The two ids that each merge joins, in rank order.
    let pairs: [(left: Int32, right: Int32)]
    /// The token that each merge makes, in rank order.
    private let merged: [Int32]
    /// Ranks biased by one; zero is free.
    private let slots: UnsafeMutablePointer<UInt32>
    private let mask: Int

    /// Builds the table; a pair that occurs twice keeps its later rank, as in the reference implementation.
    init(pairs: [(left: Int32, right: Int32)], merged: [Int32]) {
        var size = 16
        while size < pairs.count * 2 { size *= 2 }
        mask = size - 1
        self.pairs = pairs
        self.merged = merged
        slots = .allocate(capacity: size)
        slots.initialize(repeating: 0, count: size)
        for (rank, pair) in pairs.enumerated() { slots[find(pair.left, pair.right)] = UInt32(rank + 1) }
    }

    deinit { slots.deallocate() }

    /// The slot that holds the pair, or the free one where it would go.
    @inline(__always)
    private func find(_ left: Int32, _ right: Int32) -> Int {
        var hash = (UInt64(UInt32(bitPattern: left)) << 32 | UInt64(UInt32(bitPattern: right))) &* 0x9E37_79B9_7F4A_7C15
        hash ^= hash >> 32
        var index = Int(truncatingIfNeeded: hash) & mask
        while slots[index] != 0 {
            let known = pairs[Int(slots[index]) - 1]
            if known.left == left, known.right == right { break }
            index = (index + 1) & mask
        }
        return index
    }

    /// The rank of a pair and the token it makes; the rank is `UInt32.max` for pairs that do not merge.
    @inline(__always)
    func lookUp(_ left: Int32, _ right: Int32) -> (rank: UInt32, merged: Int32) {
        let slot = slots[find(left, right)]
        return slot == 0 ? (.max, -1) : (slot - 1, merged[Int(slot) - 1])
    }
}
