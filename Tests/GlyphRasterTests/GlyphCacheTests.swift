// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import CBlend
import GlyphTypeset
import Testing

@testable import GlyphRaster

@Suite struct GlyphCacheTests {
    private func bytes(of bitmap: UnsafePointer<GlyphCache.Bitmap>) -> [Int32] {
        let shape = bitmap.pointee
        let coverage = (0..<Int(shape.rows)).flatMap { row in
            (0..<Int(shape.width)).map { Int32(GlyphCache.coverage(of: bitmap)[shape.offset(row: row, column: $0)]) }
        }
        return [shape.left, shape.top, shape.width, shape.rows] + coverage
    }

    @Test("Workers that ask for the same glyphs at once all get one bitmap, the one that a single worker gets")
    func sharesBitmaps() async throws {
        let instance = FontInstance(file: try FontLibrary.dejaVuSans(), pixelsPerEm: 9)
        let shared = GlyphCache()
        let alone = GlyphCache()
        // More than one block of memory.
        let indices = 0..<4 * 1200
        let addresses = try await withThrowingTaskGroup(of: [UInt].self) { group in
            for turn in 0..<8 {
                group.addTask {
                    let font = try shared.font(instance)
                    // Each begins somewhere else, so that they meet.
                    var found = [UInt](repeating: 0, count: indices.count)
                    for step in indices {
                        let index = (step + turn * 600) % indices.count
                        let bitmap = font.table[index] ?? shared.bitmap(index, of: font)
                        found[index] = UInt(bitPattern: bitmap)
                    }
                    return found
                }
            }
            return try await group.reduce(into: Set<[UInt]>()) { $0.insert($1) }
        }
        #expect(addresses.count == 1)
        let (font, other) = (try shared.font(instance), try alone.font(instance))
        var inked = 0
        for index in indices {
            let bitmap = try #require(font.table[index])
            let expected = bytes(of: alone.bitmap(index, of: other))
            #expect(bytes(of: bitmap) == expected)
            if expected[3] > 0 { inked += 1 }
        }
        #expect(inked > indices.count / 2)
    }
}
