// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

/// Which pairs of tokens merge, how early, and into what.
///
/// The rank is the merge's place in the trained order; the token it makes is kept by rank. The table is open
/// addressing in raw memory because every step of encoding asks it, and it is written once before it is shared.
final class MergeTable: @unchecked Sendable {
    private struct Slot {
        var left: UInt32
        var right: UInt32
        var rank: UInt32
        var merged: Int32
    }

    /// The two ids that each merge joins, in rank order.
    let pairs: [(left: Int32, right: Int32)]
    private let slots: UnsafeMutablePointer<Slot>
    private let mask: Int
    private static let free = UInt32.max

    /// Builds the table; a pair that occurs twice keeps its later rank, as in the reference implementation.
    init(_ merges: [(left: Int32, right: Int32, merged: Int32)]) {
        var size = 16
        while size < merges.count * 2 { size *= 2 }
        mask = size - 1
        pairs = merges.map { ($0.left, $0.right) }
        slots = .allocate(capacity: size)
        slots.initialize(
            repeating: Slot(left: Self.free, right: Self.free, rank: Self.free, merged: -1),
            count: size
        )
        for (rank, merge) in merges.enumerated() {
            let slot = find(UInt32(bitPattern: merge.left), UInt32(bitPattern: merge.right))
            slots[slot] = Slot(
                left: UInt32(bitPattern: merge.left),
                right: UInt32(bitPattern: merge.right),
                rank: UInt32(rank),
                merged: merge.merged
            )
        }
    }

    deinit { slots.deallocate() }

    /// The slot that holds the pair, or the free one where it would go.
    @inline(__always)
    private func find(_ left: UInt32, _ right: UInt32) -> Int {
        var hash = (UInt64(left) << 32 | UInt64(right)) &* 0x9E37_79B9_7F4A_7C15
        hash ^= hash >> 32
        var index = Int(truncatingIfNeeded: hash) & mask
        while slots[index].left != Self.free, slots[index].left != left || slots[index].right != right {
            index = (index + 1) & mask
        }
        return index
    }

    /// The rank of a pair and the token it makes; the rank is `UInt32.max` for pairs that do not merge.
    @inline(__always)
    func lookUp(_ left: Int32, _ right: Int32) -> (rank: UInt32, merged: Int32) {
        let slot = slots[find(UInt32(bitPattern: left), UInt32(bitPattern: right))]
        return (slot.rank, slot.merged)
    }
}
