// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

/// The budget for keys and values, and the blocks kept from finished prompts within it.
///
/// A pure ledger: it counts blocks, keeps those that may be used again, and forgets the least recently used when a
/// conversation needs their room. Conversations reserve all they can need before they begin, so that none runs out
/// half way through its answer. A kept block is a copy and takes its own room.
struct BlockMemory<Block> {
    private struct Entry {
        var block: Block
        var lastUse: UInt64
    }

    /// How many blocks there is room for.
    let capacity: Int
    private var entries: [String: Entry] = [:]
    private var clock: UInt64 = 0
    /// Blocks that conversations have reserved.
    private(set) var reserved = 0

    init(capacity: Int) {
        self.capacity = capacity
    }

    /// Blocks kept for later.
    var kept: Int { entries.count }
    var free: Int { capacity - reserved - kept }

    /// Whether there is room for a conversation once kept blocks have made way.
    func hasRoom(for total: Int) -> Bool { capacity - reserved >= total }

    /// How many of the keys' blocks, from the first on, are kept.
    func match(_ keys: [String]) -> Int {
        keys.firstIndex { entries[$0] == nil } ?? keys.count
    }

    /// Marks the keys' blocks as used now, so that they are forgotten last.
    ///
    /// Deeper blocks are useless without those before them, so they count as older and go first.
    mutating func touch(_ keys: some Collection<String>) {
        clock += UInt64(keys.count)
        for (depth, key) in keys.enumerated() { entries[key]?.lastUse = clock - UInt64(depth) }
    }

    /// Reserves room for a conversation, forgetting kept blocks if it must.
    ///
    /// - Parameters:
    ///   - total: Blocks that prompt and answer can fill.
    ///   - keys: The kept blocks that the conversation could begin with.
    /// - Returns: The blocks to begin with, fewer where room is tight; nil if there is not enough room now.
    mutating func reserve(_ total: Int, reusing keys: [String]) -> [Block]? {
        // Nothing but kept blocks can make way, and while they are copied they and the copies are both there.
        let usable = min(keys.count, capacity - reserved - total)
        guard usable >= 0 else { return nil }
        let used = keys.prefix(usable)
        guard makeRoom(total, sparing: used) else { return nil }
        reserved += total
        touch(used)
        return used.compactMap { entries[$0]?.block }
    }

    /// Whether a block that a conversation has just filled can be kept.
    ///
    /// - Parameters:
    ///   - key: The block's name.
    ///   - previous: The blocks before it, which are not forgotten for it: without them it would be useless.
    /// - Returns: Whether it is new and there is room.
    mutating func canKeep(_ key: String, after previous: some Collection<String>) -> Bool {
        entries[key] == nil && makeRoom(1, sparing: previous)
    }

    /// Keeps a block of a living conversation.
    ///
    /// Call only after `canKeep`; it would otherwise exceed the budget.
    mutating func keep(_ block: Block, as key: String) {
        clock += 1
        entries[key] = Entry(block: block, lastUse: clock)
    }

    /// Keeps a block that was read from a store; false if there is no room for it beside those before it.
    mutating func keepStored(_ block: Block, as key: String, after previous: some Collection<String>) -> Bool {
        guard makeRoom(1, sparing: previous) else { return false }
        keep(block, as: key)
        return true
    }

    /// Gives back what a conversation reserved; kept blocks stay until their room is needed.
    mutating func release(_ count: Int) { reserved -= count }

    /// Forgets least recently used blocks until `count` are free.
    private mutating func makeRoom(_ count: Int, sparing spared: some Collection<String>) -> Bool {
        let missing = count - free
        guard missing > 0 else { return true }
        let pinned = Set(spared)
        let candidates = entries.filter { !pinned.contains($0.key) }
        guard candidates.count >= missing else { return false }
        for (key, _) in candidates.sorted(by: { $0.value.lastUse < $1.value.lastUse }).prefix(missing) {
            entries[key] = nil
        }
        return true
    }
}
