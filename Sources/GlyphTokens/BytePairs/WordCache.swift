// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

/// The ids of words met before, so that common words are merged once.
///
/// Direct-mapped and bounded: a word of at most 16 bytes is compared whole against one slot and replaces what was
/// there. Longer words repeat too rarely to pay. Results never depend on what the cache holds.
final class WordCache {
    static let longestWord = 16
    private static let slotCount = 1 << 15

    private struct Slot {
        var low: UInt64
        var high: UInt64
        var length: UInt32
        var count: UInt32
    }

    private let slots: UnsafeMutablePointer<Slot>
    private let ids: UnsafeMutablePointer<Int32>

    init() {
        slots = .allocate(capacity: Self.slotCount)
        slots.initialize(repeating: Slot(low: 0, high: 0, length: 0, count: 0), count: Self.slotCount)
        // Left untouched: ids are written before a slot says that they are there, and pages not used cost nothing.
        ids = .allocate(capacity: Self.slotCount * Self.longestWord)
    }

    deinit {
        slots.deallocate()
        ids.deallocate()
    }

    /// A word of up to 16 bytes as two integers; words that differ only in length are told apart by ``length``.
    struct Key {
        fileprivate var low: UInt64 = 0
        fileprivate var high: UInt64 = 0
        fileprivate let length: UInt32

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

        @inline(__always)
        fileprivate var slot: Int {
            var hash = (low ^ UInt64(length)) &* 0x9E37_79B9_7F4A_7C15
            hash = (hash ^ hash >> 32 ^ high) &* 0xD6E8_FEB8_6659_FD93
            return Int(truncatingIfNeeded: hash >> 40) & (WordCache.slotCount - 1)
        }
    }

    /// The cached ids of a word, valid until the next ``store(_:_:)``.
    @inline(__always)
    subscript(key: Key) -> UnsafeBufferPointer<Int32>? {
        let index = key.slot
        let slot = slots[index]
        guard slot.length == key.length, slot.low == key.low, slot.high == key.high else { return nil }
        return UnsafeBufferPointer(start: ids + index * Self.longestWord, count: Int(slot.count))
    }

    /// Remembers the ids of a word; there are never more of them than bytes.
    func store(_ key: Key, _ newIDs: [Int32]) {
        let index = key.slot
        slots[index] = Slot(low: key.low, high: key.high, length: key.length, count: UInt32(newIDs.count))
        (ids + index * Self.longestWord).update(from: newIDs, count: newIDs.count)
    }
}
