// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

/// The budget for keys and values, and the blocks kept from finished prompts within it.
///
/// A pure ledger: it counts blocks, keeps those that may be used again, and forgets the least recently used when a
/// conversation needs their room. Conversations reserve all they can need before they begin, so that none runs out
/// half way through its answer.
///
/// Where a model shares blocks, a kept block that a living conversation holds costs nothing extra and cannot be
/// forgotten; where it copies them, each kept block takes its own room.
struct BlockMemory<Block> {
    private struct Entry {
        var block: Block
        /// Conversations whose cache shares the block's memory.
        var holders = 0
        var lastUse: UInt64
    }

    /// What one conversation holds.
    struct Holding {
        /// Blocks reserved for the conversation alone.
        fileprivate(set) var reserved: Int
        /// Kept blocks that it shares.
        fileprivate var shared: [String]
    }

    /// How many blocks there is room for.
    let capacity: Int
    private let sharesBlocks: Bool
    private var entries: [String: Entry] = [:]
    private var clock: UInt64 = 0
    /// Blocks that conversations have reserved.
    private(set) var reserved = 0

    init(capacity: Int, sharesBlocks: Bool) {
        self.capacity = capacity
        self.sharesBlocks = sharesBlocks
    }

    /// Blocks kept for later.
    var kept: Int { entries.count }
    var free: Int { capacity - reserved - kept }

    /// How many of the keys' blocks, from the first on, are kept.
    func match(_ keys: [String]) -> Int {
        keys.firstIndex { entries[$0] == nil } ?? keys.count
    }

    func contains(_ key: String) -> Bool { entries[key] != nil }

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
    /// - Returns: What it holds and the blocks to begin with, or nil if there is not enough room now. Where blocks are
    ///   copied and room is tight, it begins with fewer.
    mutating func reserve(_ total: Int, reusing keys: [String]) -> (holding: Holding, blocks: [Block])? {
        // Nothing but kept blocks can make way, and while they are copied they and the copies are both there.
        let usable = sharesBlocks ? keys.count : min(keys.count, capacity - reserved - total)
        guard usable >= 0 else { return nil }
        let used = keys.prefix(usable)
        let own = total - (sharesBlocks ? usable : 0)
        guard makeRoom(own, sparing: used) else { return nil }
        reserved += own
        touch(used)
        if sharesBlocks { for key in used { entries[key]?.holders += 1 } }
        let blocks = used.compactMap { entries[$0]?.block }
        return (Holding(reserved: own, shared: sharesBlocks ? Array(used) : []), blocks)
    }

    /// Whether a block that a conversation has just filled can be kept.
    ///
    /// - Parameters:
    ///   - key: The block's name.
    ///   - previous: The blocks before it, which are not forgotten for it: without them it would be useless.
    /// - Returns: Whether it is new and there is room.
    mutating func canKeep(_ key: String, after previous: some Collection<String>) -> Bool {
        entries[key] == nil && (sharesBlocks || makeRoom(1, sparing: previous))
    }

    /// Keeps a block of a living conversation.
    ///
    /// Call only after `canKeep`; a copied block would otherwise exceed the budget.
    mutating func keep(_ block: Block, as key: String, for holding: inout Holding) {
        clock += 1
        entries[key] = Entry(block: block, lastUse: clock)
        guard sharesBlocks else { return }
        entries[key]?.holders = 1
        holding.shared.append(key)
        holding.reserved -= 1
        reserved -= 1
    }

    /// Keeps a block that was read from a store; false if there is no room for it beside those before it.
    mutating func keepStored(_ block: Block, as key: String, after previous: some Collection<String>) -> Bool {
        guard makeRoom(1, sparing: previous) else { return false }
        clock += 1
        entries[key] = Entry(block: block, lastUse: clock)
        return true
    }

    /// Gives back what a conversation held; kept blocks stay until their room is needed.
    mutating func release(_ holding: Holding) {
        reserved -= holding.reserved
        for key in holding.shared { entries[key]?.holders -= 1 }
    }

    /// Forgets least recently used blocks until `count` are free.
    private mutating func makeRoom(_ count: Int, sparing spared: some Collection<String>) -> Bool {
        let missing = count - free
        guard missing > 0 else { return true }
        let pinned = Set(spared)
        let candidates = entries.filter { $0.value.holders == 0 && !pinned.contains($0.key) }
        guard candidates.count >= missing else { return false }
        for (key, _) in candidates.sorted(by: { $0.value.lastUse < $1.value.lastUse }).prefix(missing) {
            entries[key] = nil
        }
        return true
    }
}
