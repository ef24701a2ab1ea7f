// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

/// Which pairs of tokens merge, how early, and into what.
///
/// The rank is the merge's place in the trained order; the token it makes is kept by rank. The table is open
/// addressing in raw memory because every step of encoding asks it, and it is written once before it is shared. A slot
/// holds a rank and half of the pair's hash, so that most pairs which do not merge are told apart without looking
/// anywhere else.
final class MergeTable: @unchecked Sendable {
    /// The two ids that each merge joins, in rank order.
    let pairs: [(left: Int32, right: Int32)]
    /// The token that each merge makes, in rank order.
    private let merged: [Int32]
    /// The rank, biased by one, and above it the upper half of the hash; zero is free.
    private let slots: UnsafeMutablePointer<UInt64>
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
        for (rank, pair) in pairs.enumerated() {
            let hash = Self.hash(pair.left, pair.right)
            slots[find(pair.left, pair.right, hash)] = hash & ~0xFFFF_FFFF | UInt64(rank + 1)
        }
    }

    deinit { slots.deallocate() }

    @inline(__always)
    private static func hash(_ left: Int32, _ right: Int32) -> UInt64 {
        let hash = (UInt64(UInt32(bitPattern: left)) << 32 | UInt64(UInt32(bitPattern: right))) &* 0x9E37_79B9_7F4A_7C15
        return hash ^ hash >> 32
    }

    /// The slot that holds the pair, or the free one where it would go.
    @inline(__always)
    private func find(_ left: Int32, _ right: Int32, _ hash: UInt64) -> Int {
        var index = Int(truncatingIfNeeded: hash) & mask
        while slots[index] != 0 {
            if slots[index] >> 32 == hash >> 32 {
                let known = pairs[rank(at: index)]
                if known.left == left, known.right == right { break }
            }
            index = (index + 1) & mask
        }
        return index
    }

    @inline(__always)
    private func rank(at slot: Int) -> Int { Int(truncatingIfNeeded: slots[slot] & 0xFFFF_FFFF) - 1 }

    /// The rank of a pair and the token it makes; the rank is `UInt32.max` for pairs that do not merge.
    @inline(__always)
    func lookUp(_ left: Int32, _ right: Int32) -> (rank: UInt32, merged: Int32) {
        let slot = find(left, right, Self.hash(left, right))
        guard slots[slot] != 0 else { return (.max, -1) }
        let known = rank(at: slot)
        return (UInt32(known), merged[known])
    }
}
