// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

/// The bytes of every token, by id, and the id of every byte string that is a token.
///
/// Tokens lie in one arena, so that loading 150,000 of them is a few allocations. `String` keys would be wrong as well
/// as slow: Swift compares strings by canonical equivalence, tokens are equal only if their bytes are.
struct Vocabulary: Sendable {
    private var arena: [UInt8] = []
    /// The start of each token in `arena`; `missing` for ids no token has.
    private var starts: [UInt32] = []
    private var lengths: [UInt32] = []
    /// The hash table behind ``id(of:)``: ids biased by one, zero is free; empty until it is built.
    private var slots: [UInt32] = []

    private static let missing = UInt32.max

    /// One more than the largest id.
    var count: Int { starts.count }

    init(capacity: Int) {
        arena.reserveCapacity(capacity * 8)
        starts.reserveCapacity(capacity)
        lengths.reserveCapacity(capacity)
    }

    /// The 256 bytes, and after them the token that each pair joins.
    init(joining pairs: [(left: Int32, right: Int32)]) {
        self.init(capacity: 256 + pairs.count)
        for byte in UInt8.min...UInt8.max { set(Int(byte), to: CollectionOfOne(byte)) }
        for pair in pairs { appendJoined(Int(pair.left), Int(pair.right)) }
    }

    func contains(_ id: Int32) -> Bool {
        id >= 0 && Int(id) < starts.count && starts[Int(id)] != Self.missing
    }

    /// Sets the bytes of `id`, growing the table with holes where needed.
    mutating func set(_ id: Int, to token: some Collection<UInt8>) {
        while starts.count <= id {
            starts.append(Self.missing)
            lengths.append(0)
        }
        starts[id] = UInt32(arena.count)
        lengths[id] = UInt32(token.count)
        arena.append(contentsOf: token)
    }

    /// Appends the token that joins two existing ones.
    private mutating func appendJoined(_ left: Int, _ right: Int) {
        let start = arena.count
        // By index: a slice would share the arena and make each append copy all of it.
        for part in [left, right] {
            let from = Int(starts[part])
            for index in from..<from + Int(lengths[part]) { arena.append(arena[index]) }
        }
        starts.append(UInt32(start))
        lengths.append(UInt32(arena.count - start))
    }

    /// The bytes of a token that ``contains(_:)``.
    subscript(id: Int) -> ArraySlice<UInt8> {
        let start = Int(starts[id])
        return arena[start..<start + Int(lengths[id])]
    }

    /// Makes ``id(of:)`` work; ids listed in `excluding` are not found by their bytes.
    mutating func buildIndex(excluding: Set<Int> = []) {
        var size = 1024
        while size < starts.count * 2 { size *= 2 }
        slots = [UInt32](repeating: 0, count: size)
        for id in starts.indices where starts[id] != Self.missing && !excluding.contains(id) {
            var slot = self[id].withUnsafeBufferPointer { Int(truncatingIfNeeded: hash($0)) } & (size - 1)
            while slots[slot] != 0 { slot = (slot + 1) & (size - 1) }
            slots[slot] = UInt32(id + 1)
        }
    }

    /// The id of the token with exactly these bytes.
    func id(of token: UnsafeBufferPointer<UInt8>) -> Int32? {
        guard !slots.isEmpty else { return nil }
        var slot = Int(truncatingIfNeeded: hash(token)) & (slots.count - 1)
        while slots[slot] != 0 {
            let id = Int(slots[slot]) - 1
            if Int(lengths[id]) == token.count, self[id].elementsEqual(token) { return Int32(id) }
            slot = (slot + 1) & (slots.count - 1)
        }
        return nil
    }

    /// FNV-1a, folded so that the low bits depend on all of it.
    private func hash(_ token: UnsafeBufferPointer<UInt8>) -> UInt64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in token { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        return hash ^ hash >> 29
    }
}
