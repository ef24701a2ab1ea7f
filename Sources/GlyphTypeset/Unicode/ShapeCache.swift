// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

/// Remembers how runs were shaped: a document repeats its words, and looking one up costs a hundredth of shaping it.
///
/// A run holds no space, so nothing outside it can change its shape and the cache never changes a page.
final class ShapeCache {
    /// A shaped run: a slice of `glyphs` and its advance in font units.
    struct Entry {
        var firstGlyph: Int32
        var endGlyph: Int32
        var advance: Int32
        fileprivate var keyStart: Int32
        fileprivate var keyCount: Int32
        fileprivate var style: UInt64
        fileprivate var hash: UInt64
    }

    private(set) var glyphs: [ShapedGlyph] = []
    private(set) var entries: [Entry] = []
    private var keys: [UInt8] = []
    /// Open addressing over `entries`, -1 where free; at most half full, its count a power of two.
    private var table: [Int32]
    /// A run that finds this many slots taken is not remembered, so text made to collide costs shaping, not searching.
    private static let maximalProbes = 48
    private let chain: FontChain
    private let shaper = Shaper()
    private let remembers: Bool

    /// Creates an empty cache; one that does not remember shapes every run anew (to test that it makes no difference).
    init(chain: FontChain, remembers: Bool = true) {
        self.chain = chain
        self.remembers = remembers
        table = Array(repeating: -1, count: 4096)
    }

    /// Forgets everything once the cache is large; call where no index of an entry is held.
    func trim() {
        guard glyphs.count > 500_000 || keys.count > 2_000_000 else { return }
        glyphs.removeAll(keepingCapacity: true)
        entries.removeAll(keepingCapacity: true)
        keys.removeAll(keepingCapacity: true)
        for i in table.indices { table[i] = -1 }
    }

    /// The index of the entry for a run.
    func shape(_ text: UnsafeBufferPointer<UInt8>, style: ShapeStyle) throws -> Int32 {
        let hash = Self.hash(text, style.bits)
        let slot = slot(for: hash) { entry in entry.style == style.bits && matches(entry, text) }
        if remembers, let slot, table[slot] >= 0 { return table[slot] }
        let font = try chain.font(at: Int(style.font))
        let first = Int32(glyphs.count)
        let advance = shaper.shape(text, style: style, font: font, into: &glyphs)
        let index = Int32(entries.count)
        entries.append(
            Entry(
                firstGlyph: first,
                endGlyph: Int32(glyphs.count),
                advance: advance,
                keyStart: Int32(keys.count),
                keyCount: Int32(text.count),
                style: style.bits,
                hash: hash
            )
        )
        keys.append(contentsOf: text)
        if remembers, let slot {
            table[slot] = index
            if entries.count * 2 > table.count { grow() }
        }
        return index
    }

    /// The slot of the matching entry, else the free one to put it in, else nil when too many others are in the way.
    private func slot(for hash: UInt64, matches: (Entry) -> Bool) -> Int? {
        var slot = Int(truncatingIfNeeded: hash) & (table.count - 1)
        for _ in 0..<Self.maximalProbes {
            guard table[slot] >= 0 else { return slot }
            let entry = entries[Int(table[slot])]
            if entry.hash == hash, matches(entry) { return slot }
            slot = (slot + 1) & (table.count - 1)
        }
        return nil
    }

    private func matches(_ entry: Entry, _ text: UnsafeBufferPointer<UInt8>) -> Bool {
        guard Int(entry.keyCount) == text.count else { return false }
        let start = Int(entry.keyStart)
        return keys.withUnsafeBufferPointer { keys in
            for i in 0..<text.count where keys[start + i] != text[i] { return false }
            return true
        }
    }

    private func grow() {
        table = Array(repeating: -1, count: table.count * 2)
        for (index, entry) in entries.enumerated() {
            if let slot = slot(for: entry.hash, matches: { _ in false }) { table[slot] = Int32(index) }
        }
    }

    /// FNV-1a, its high bits folded into the low ones; unseeded, so every run of the program does the same work.
    private static func hash(_ text: UnsafeBufferPointer<UInt8>, _ style: UInt64) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325 ^ style
        for byte in text { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        return hash ^ hash >> 29
    }
}
