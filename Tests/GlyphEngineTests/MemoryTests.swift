// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage
import GlyphTestSupport
import Testing

@testable import GlyphEngine

@Suite struct MemoryTests {
    private func filled(capacity: Int, keys: [String]) throws -> BlockMemory<Int> {
        var memory = BlockMemory<Int>(capacity: capacity)
        try Self.reserve(&memory, keys.count)
        for (index, key) in keys.enumerated() where memory.canKeep(key, after: keys[..<index]) {
            memory.keep(index, as: key)
        }
        memory.release(keys.count)
        return memory
    }

    private struct NoRoom: Error {}

    @discardableResult
    private static func reserve(
        _ memory: inout BlockMemory<Int>,
        _ total: Int,
        reusing keys: [String] = []
    ) throws -> [Int] {
        guard let blocks = memory.reserve(total, reusing: keys) else { throw NoRoom() }
        return blocks
    }

    @Test("kept blocks take room of their own and stay after their conversation")
    func copying() throws {
        var memory = BlockMemory<Int>(capacity: 4)
        try Self.reserve(&memory, 3)
        let first = memory.canKeep("a", after: [])
        #expect(first)
        memory.keep(0, as: "a")
        #expect(memory.free == 0)
        let second = memory.canKeep("b", after: ["a"])
        #expect(!second)
        memory.release(3)
        #expect(memory.reserved == 0)
        #expect(memory.kept == 1)
    }

    @Test("kept blocks make room, the least recently used first, and the deepest of a chain first")
    func eviction() throws {
        var memory = try filled(capacity: 7, keys: ["a", "b", "c"])
        try Self.reserve(&memory, 2)
        memory.keep(9, as: "x")
        memory.keep(9, as: "y")
        memory.release(2)
        memory.touch(["a", "b", "c"])
        try Self.reserve(&memory, 3)
        #expect(memory.match(["a", "b", "c"]) == 3)
        #expect(memory.match(["x"]) == 0)
        #expect(memory.match(["y"]) == 1)
        try Self.reserve(&memory, 2)
        #expect(memory.match(["y"]) == 0)
        #expect(memory.match(["a", "b", "c"]) == 2)
    }

    @Test("where copies and originals do not both fit, a conversation begins with fewer blocks")
    func tightCopies() throws {
        var memory = try filled(capacity: 8, keys: ["a", "b", "c", "d"])
        #expect(memory.kept == 4)
        let blocks = try Self.reserve(&memory, 6, reusing: ["a", "b", "c", "d"])
        #expect(blocks == [0, 1])
        #expect(memory.free >= 0)
        #expect(throws: NoRoom.self) { try Self.reserve(&memory, 3) }
    }

    @Test("a block's name depends on everything before it and on the images it touches")
    func keys() throws {
        let (white, black) = try (TestImages.file(shade: 255), TestImages.file(shade: 0))
        func keys(_ tokens: [Int32], _ images: [EnginePrompt.PlacedImage] = [], root: String = "m") -> [String] {
            BlockKeys.make(EnginePrompt(tokens: tokens, images: images), blockLength: 4, root: root)
        }
        let base = keys([1, 2, 3, 4, 5, 6, 7, 8, 9])
        #expect(base.count == 2)
        #expect(keys([1, 2, 3, 4, 5, 6, 7, 8]) == base)
        #expect(keys([1, 2, 3, 4, 5, 6, 7, 0])[0] == base[0])
        #expect(keys([1, 2, 3, 4, 5, 6, 7, 0])[1] != base[1])
        #expect(keys([0, 2, 3, 4, 5, 6, 7, 8])[1] != base[1])
        #expect(keys([1, 2, 3, 4, 5, 6, 7, 8], root: "n")[0] != base[0])
        #expect(keys([1, 2, 3]).isEmpty)
        let tokens = [Int32](repeating: 7, count: 8)
        let first = keys(tokens, [.init(file: white, range: 2..<6)])
        #expect(first != keys(tokens, [.init(file: black, range: 2..<6)]))
        #expect(first[0] != keys(tokens, [.init(file: white, range: 1..<6)])[0])
        let second = keys(tokens, [.init(file: white, range: 5..<7)])
        #expect(second[0] == keys(tokens)[0])
        #expect(second[1] != keys(tokens)[1])
    }

    @Test("image vectors stay within their bytes, the least recently used going first")
    func recentCache() {
        var cache = RecentCache<Int>(budget: 10)
        func values(_ keys: String...) -> [Int?] { keys.map { cache.value($0) } }
        cache.insert(1, bytes: 4, for: "a")
        cache.insert(2, bytes: 4, for: "b")
        #expect(values("a") == [1])
        cache.insert(3, bytes: 4, for: "c")
        #expect(values("b", "a") == [nil, 1])
        cache.insert(4, bytes: 11, for: "d")
        #expect(values("d") == [nil])
        #expect(cache.bytes == 8)
        cache.insert(5, bytes: 1, for: "a")
        #expect(cache.bytes == 5)
    }
}
