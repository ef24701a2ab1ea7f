// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

/// The words that are one token, found by their bytes, so that most of a text's different words need no merging.
///
/// Holds ids alone. Whether a token is the word is seen by taking it apart into the bytes that were merged.
struct WordTable: @unchecked Sendable {
    /// Ids by the hash of their bytes with open addressing; zero is free.
    private let slots: UnsafeBufferPointer<UInt16>
    /// What each token from 256 on joins, the left half in the lower bits.
    private let pairs: UnsafeBufferPointer<UInt32>
    /// Keeps the memory of both.
    private let owner: TableBytes

    /// A table over ``slots(joining:_:)``, a power of two of them, for the same pairs.
    init(slots: UnsafeBufferPointer<UInt16>, pairs: UnsafeBufferPointer<UInt32>, in owner: TableBytes) {
        (self.slots, self.pairs, self.owner) = (slots, pairs, owner)
    }

    /// The token that merging the word would give, if it is one.
    @inline(__always)
    func id(of word: UnsafeBufferPointer<UInt8>, _ key: WordCache.Key) -> Int32? {
        var slot = key.hash & (slots.count - 1)
        // Counted, because a damaged table may have no free slot.
        for _ in 0..<slots.count {
            let id = Int(slots[slot])
            if id == 0 { return nil }
            if end(of: id, in: word, from: 0, levels: WordCache.longestWord) == word.count { return Int32(id) }
            slot = (slot + 1) & (slots.count - 1)
        }
        return nil
    }

    /// Where the bytes of a token end in a word that has them at `start`; -1 if it has others.
    private func end(of id: Int, in word: UnsafeBufferPointer<UInt8>, from start: Int, levels: Int) -> Int {
        guard id >= 256 else { return start < word.count && Int(word[start]) == id ? start + 1 : -1 }
        guard levels > 0, id - 256 < pairs.count else { return -1 }
        let pair = Int(pairs[id - 256])
        let middle = end(of: pair & 0xFFFF, in: word, from: start, levels: levels - 1)
        return middle < 0 ? -1 : end(of: pair >> 16, in: word, from: middle, levels: levels - 1)
    }

    /// The slots for the tokens of some merges.
    ///
    /// A token is left out if merging its bytes gives others, or if it is longer than a key.
    static func slots(joining pairs: [(left: Int32, right: Int32)], _ merges: MergeTable) -> [UInt16] {
        var size = 16
        while size < pairs.count * 2 { size *= 2 }
        var slots = [UInt16](repeating: 0, count: size)
        let vocabulary = Vocabulary(joining: pairs)
        var merger = PairMerger(merges, byteIDs: (0..<256).map { $0 })
        var ids: [Int32] = []
        for id in 256..<vocabulary.count where vocabulary[id].count <= WordCache.longestWord {
            vocabulary[id].withUnsafeBufferPointer { word in
                merger.merge(word, into: &ids)
                guard ids == [Int32(id)] else { return }
                var slot = WordCache.Key(word, readable: word.count).hash & (size - 1)
                while slots[slot] != 0 { slot = (slot + 1) & (size - 1) }
                slots[slot] = UInt16(id)
            }
        }
        return slots
    }
}
