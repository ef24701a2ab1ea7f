// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

/// The ids of words met before, so that common words are merged once.
///
/// Bounded: a word of at most 16 bytes is compared whole against two neighbouring slots, of which the older gives way
/// to a new word. With one slot, every second word of a novel would be merged again. Longer words, and words of more
/// than four tokens, repeat too rarely to pay. Starts small, because touching fresh memory would take longer than
/// merging the words of a short text. Results never depend on what it holds.
final class WordCache {
    static let longestWord = 16
    static let mostIDs = 4
    private static let smallest = 1 << 12
    private static let largest = 1 << 15

    private struct Slot {
        /// First, so that a pointer to the slot is one to the ids.
        var ids = SIMD4<Int32>()
        var key = Key()
        var count: UInt32 = 0
    }

    private var slots: UnsafeMutablePointer<Slot>
    private var size = smallest
    private var used = 0

    init() {
        slots = .allocate(capacity: size)
        slots.initialize(repeating: Slot(), count: size)
    }

    deinit { slots.deallocate() }

    /// A word of up to 16 bytes as two integers; words that differ only in length are told apart by ``length``.
    struct Key: Equatable {
        private var low: UInt64 = 0
        private var high: UInt64 = 0
        private var length: UInt32 = 0

        /// The key of no word.
        fileprivate init() {}

        /// Reads `word`, quickest where at least 16 bytes are `readable` from its start.
        @inline(__always)
        init(_ word: UnsafeBufferPointer<UInt8>, readable: Int) {
            length = UInt32(truncatingIfNeeded: word.count)
            if readable >= 16, let base = word.baseAddress {
                low = UnsafeRawPointer(base).loadUnaligned(as: UInt64.self)
                let bits = UInt64(word.count) * 8
                if bits <= 64 {
                    low &= UInt64.max >> (64 - bits)
                } else {
                    high = UnsafeRawPointer(base + 8).loadUnaligned(as: UInt64.self) & UInt64.max >> (128 - bits)
                }
            } else {
                withUnsafeMutableBytes(of: &low) { $0.copyBytes(from: word.prefix(8)) }
                withUnsafeMutableBytes(of: &high) { $0.copyBytes(from: word.dropFirst(8)) }
            }
        }

        /// 24 bits from all of the word; files of ``CompactFormat`` hold tables in its order.
        @inline(__always)
        var hash: Int {
            var hash = (low ^ UInt64(length)) &* 0x9E37_79B9_7F4A_7C15
            hash = (hash ^ hash >> 32 ^ high) &* 0xD6E8_FEB8_6659_FD93
            return Int(truncatingIfNeeded: hash >> 40)
        }
    }

    /// The cached ids of a word, valid until the next ``store(_:_:)``.
    @inline(__always)
    subscript(key: Key) -> UnsafeBufferPointer<Int32>? {
        var slot = slots + (key.hash & (size - 2))
        if slot.pointee.key != key {
            slot += 1
            guard slot.pointee.key == key else { return nil }
        }
        let ids = UnsafeRawPointer(slot).assumingMemoryBound(to: Int32.self)
        return UnsafeBufferPointer(start: ids, count: Int(slot.pointee.count))
    }

    /// Remembers the ids of a word that is not known, if there are few enough.
    func store(_ key: Key, _ newIDs: [Int32]) {
        guard newIDs.count <= Self.mostIDs else { return }
        if used > size / 2, size < Self.largest { grow() }
        var slot = Slot()
        slot.key = key
        slot.count = UInt32(newIDs.count)
        for (index, id) in newIDs.enumerated() { slot.ids[index] = id }
        put(slot)
    }

    private func put(_ slot: Slot) {
        let newer = slots + (slot.key.hash & (size - 2))
        if newer[1].count == 0 { used += 1 }
        newer[1] = newer[0]
        newer[0] = slot
    }

    private func grow() {
        let (old, oldSize) = (slots, size)
        size *= 2
        slots = .allocate(capacity: size)
        slots.initialize(repeating: Slot(), count: size)
        used = 0
        for index in 0..<oldSize where old[index].count > 0 { put(old[index]) }
        old.deallocate()
    }
}
