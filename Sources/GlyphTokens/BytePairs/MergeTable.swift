// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage

/// Which pairs of tokens merge, how early, and into what.
///
/// The rank is the merge's place in the trained order. The table is open addressing in raw memory because every step of
/// encoding asks it, and it is written once before it is shared. A slot holds a pair and its rank, so that a look-up
/// seldom touches more than one line of memory, which for the words of a short text is cold.
final class MergeTable: @unchecked Sendable {
    /// Ids are below this, and so is the number of merges.
    static let idLimit = 1 << 22
    static let mergeLimit = 1 << rankBits
    private static let rankBits = 20

    /// The two ids that each merge joins, in rank order: listed, or where the slots were built before, the left one in
    /// the lower bits.
    private enum Pairs {
        case listed([(left: Int32, right: Int32)])
        case packed(UnsafeBufferPointer<UInt32>, in: TableBytes)
    }

    private let joined: Pairs
    /// The number of merges.
    let count: Int
    /// The token that each merge makes, in rank order, or nothing if they are numbered from 256 on.
    private let merged: [Int32]?
    /// The pair and below it the rank, biased by one; zero is free.
    let slots: UnsafeBufferPointer<UInt64>

    /// Builds the table; a pair that occurs twice keeps its later rank, as in the reference implementation.
    ///
    /// - Parameters:
    ///   - pairs: fewer than ``mergeLimit`` pairs of ids below ``idLimit``.
    ///   - merged: the token that each makes; by default they follow the 256 bytes, as a trainer numbers them.
    ///   - source: where the pairs come from, for messages.
    /// - Throws: `InputError` if there are too many pairs.
    init(pairs: [(left: Int32, right: Int32)], merged: [Int32]? = nil, source: String = "merges") throws {
        guard pairs.count < Self.mergeLimit else {
            throw InputError(at: source, "has \(pairs.count) merges", expected: "fewer than \(Self.mergeLimit)")
        }
        var size = 16
        while size < pairs.count * 2 { size *= 2 }
        let slots = UnsafeMutableBufferPointer<UInt64>.allocate(capacity: size)
        slots.initialize(repeating: 0)
        self.slots = UnsafeBufferPointer(slots)
        count = pairs.count
        joined = .listed(pairs)
        self.merged = merged
        for (rank, pair) in pairs.enumerated() {
            let key = Self.key(pair.left, pair.right)
            slots[find(key)] = key | UInt64(rank + 1)
        }
    }

    /// The table whose ``slots`` were built before from these pairs, as a trainer numbers them; nothing if they cannot be
    /// its slots.
    init?(slots: UnsafeBufferPointer<UInt64>, pairs: UnsafeBufferPointer<UInt32>, in owner: TableBytes) {
        guard slots.count.nonzeroBitCount == 1, slots.contains(0) else { return nil }
        (self.slots, count, joined, merged) = (slots, pairs.count, .packed(pairs, in: owner), nil)
    }

    deinit { if case .listed = joined { slots.deallocate() } }

    /// The two ids that each merge joins, in rank order.
    var pairs: [(left: Int32, right: Int32)] {
        switch joined {
        case .listed(let pairs): pairs
        case .packed(let pairs, _): pairs.map { (Int32($0 & 0xFFFF), Int32($0 >> 16)) }
        }
    }

    @inline(__always)
    private static func key(_ left: Int32, _ right: Int32) -> UInt64 {
        (UInt64(UInt32(bitPattern: left)) << 22 | UInt64(UInt32(bitPattern: right))) << rankBits
    }

    /// The rank in a slot; nothing in a free one.
    @inline(__always)
    private static func rank(_ slot: UInt64) -> Int? {
        slot == 0 ? nil : (Int(truncatingIfNeeded: slot) & (mergeLimit - 1)) - 1
    }

    /// The slot that holds the pair, or the free one where it would go.
    @inline(__always)
    private func find(_ key: UInt64) -> Int {
        let hash = key &* 0x9E37_79B9_7F4A_7C15
        var index = Int(truncatingIfNeeded: hash ^ hash >> 32) & (slots.count - 1)
        while slots[index] != 0, slots[index] >> Self.rankBits != key >> Self.rankBits {
            index = (index + 1) & (slots.count - 1)
        }
        return index
    }

    /// The rank of a pair and the token it makes; the rank is `UInt32.max` for pairs that do not merge.
    @inline(__always)
    func lookUp(_ left: Int32, _ right: Int32) -> (rank: UInt32, merged: Int32) {
        guard let rank = Self.rank(slots[find(Self.key(left, right))]), UInt(bitPattern: rank) < UInt(bitPattern: count)
        else { return (.max, -1) }
        return (UInt32(rank), merged?[rank] ?? Int32(truncatingIfNeeded: 256 + rank))
    }
}
