// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import CBlend
import GlyphPage
import GlyphTypeset
import Testing

@testable import GlyphRaster

@Suite struct BlendTests {
    @Test("Every ink on every ground is poppler's formula, on white and over other glyphs", arguments: [0, 1, 255])
    func blendsAsPoppler(color: UInt8) {
        var generator = SplitMix64(state: UInt64(color))
        for turn in 0..<400 {
            // Much of a glyph is not covered, and much of a page is white.
            let bitmap = DrawnBitmap(width: 1 + turn % 19, rows: 1 + turn % 17) { _, _ in
                Bool.random(using: &generator) ? 0 : UInt8.random(in: 0...255, using: &generator)
            }
            let darkness = [0.0, 0.02, 0.5, 1][turn % 4]
            let canvas = Canvas()
            canvas.prepare(width: 24, height: 21, channels: 1)
            for y in 0..<21 {
                for x in 0..<24 {
                    let isDark = Double.random(in: 0..<1, using: &generator) < darkness
                    canvas.pixels[y * canvas.stride + x] = isDark ? UInt8.random(in: 0...255, using: &generator) : 255
                }
            }
            let (x, y) = (turn % (25 - bitmap.width), turn % (22 - bitmap.rows))
            var expected = canvas.image(width: 24, height: 21).pixels
            for row in 0..<bitmap.rows {
                for column in 0..<bitmap.width {
                    let (a, at) = (Int(bitmap[row, column]), (y + row) * 24 + x + column)
                    expected[at] = UInt8(((255 - a) * Int(expected[at]) + a * Int(color)) / 255)
                }
            }
            let glyph = [PlacedGlyph(glyph: 0, font: 0, color: 1, quarterX: Int32(x * 4), y: Int32(y))]
            #expect(glyph.withUnsafeBufferPointer { canvas.blend($0, [bitmap.font], [7, color]) } == 1)
            #expect(canvas.image(width: 24, height: 21).pixels == expected)
        }
    }

    @Test("Glyphs that need more care stop the blending, and leave the page as it was")
    func stopsAtOthers() {
        let bitmap = DrawnBitmap(width: 3, rows: 2) { _, _ in 9 }
        let fine = PlacedGlyph(glyph: 0, font: 0, color: 0, quarterX: 8, y: 1)
        func placed(_ change: (inout PlacedGlyph) -> Void) -> PlacedGlyph {
            var glyph = fine
            change(&glyph)
            return glyph
        }
        let others = [
            placed { $0.glyph = 1 }, placed { $0.glyph = .max }, placed { $0.font = 1 }, placed { $0.color = 1 },
            placed { $0.quarterX = -1 }, placed { $0.quarterX = 24 }, placed { $0.y = -1 }, placed { $0.y = 3 },
            placed { $0.y = .min }, placed { $0.quarterX = .max }, placed { $0.quarterX = .min },
        ]
        for other in others {
            let canvas = Canvas()
            canvas.prepare(width: 8, height: 4, channels: 1)
            canvas.pixels.update(repeating: 255, count: canvas.stride * 4)
            let glyphs = [fine, other, fine]
            #expect(glyphs.withUnsafeBufferPointer { canvas.blend($0, [bitmap.font], [0]) } == 1, "\(other)")
            let pixels = canvas.image(width: 8, height: 4).pixels
            #expect(pixels.count { $0 == 246 } == 6 && pixels.count { $0 == 255 } == 26, "\(other)")
        }
    }

    @Test("A placed glyph lies in memory as C reads it")
    func layoutsAgree() {
        #expect(MemoryLayout<PlacedGlyph>.stride == MemoryLayout<cblend_glyph>.stride)
        let placed = [PlacedGlyph(glyph: 1, font: 2, color: 3, quarterX: -4, y: -5)]
        placed.withUnsafeBufferPointer { placed in
            placed.withMemoryRebound(to: cblend_glyph.self) { read in
                #expect(read[0].glyph == 1 && read[0].font == 2 && read[0].color == 3)
                #expect(read[0].quarter_x == -4 && read[0].y == -5)
            }
        }
    }
}

/// A bitmap as the cache keeps it, and a font that has no other.
final class DrawnBitmap: @unchecked Sendable {
    let width: Int
    let rows: Int
    private let memory: UnsafeMutableRawPointer
    private let entries: UnsafeMutablePointer<UnsafePointer<GlyphCache.Bitmap>?>

    init(width: Int, rows: Int, coverage: (_ row: Int, _ column: Int) -> UInt8) {
        (self.width, self.rows) = (width, rows)
        let shape = GlyphCache.Bitmap(left: 0, top: 0, width: Int32(width), rows: Int32(rows))
        let size = shape.coverageSize
        memory = .allocate(byteCount: MemoryLayout<GlyphCache.Bitmap>.size + size, alignment: 16)
        entries = .allocate(capacity: 8)
        entries.initialize(repeating: nil, count: 8)
        let bitmap = memory.bindMemory(to: GlyphCache.Bitmap.self, capacity: 1)
        bitmap.initialize(to: shape)
        let tiles = UnsafeMutableRawPointer(bitmap + 1).bindMemory(to: UInt8.self, capacity: size)
        tiles.initialize(repeating: 0, count: size)
        for row in 0..<rows {
            for column in 0..<width { tiles[shape.offset(row: row, column: column)] = coverage(row, column) }
        }
        // At every quarter of a pixel.
        for quarter in 0..<4 { entries[quarter] = UnsafePointer(bitmap) }
    }

    deinit {
        memory.deallocate()
        entries.deallocate()
    }

    private var bitmap: UnsafePointer<GlyphCache.Bitmap> {
        UnsafePointer(memory.assumingMemoryBound(to: GlyphCache.Bitmap.self))
    }

    subscript(row: Int, column: Int) -> UInt8 {
        GlyphCache.coverage(of: bitmap)[bitmap.pointee.offset(row: row, column: column)]
    }

    var font: cblend_font { cblend_font(bitmaps: entries, count: 8) }

    func blendClipped(_ canvas: Canvas, _ x: Int, _ y: Int, _ color: Color) {
        canvas.blendClipped(GlyphCache.coverage(of: bitmap), bitmap.pointee, x, y, color)
    }
}
