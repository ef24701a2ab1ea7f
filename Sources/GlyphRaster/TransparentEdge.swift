// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import CBlend
import GlyphPage
import GlyphTypeset

/// The last columns or rows of a page that its ground does not reach, because poppler rounds the page up and its ground
/// to nearest.
///
/// The bitmap is transparent there, so that what is drawn keeps an opacity of its own (Splash.cc, `pipeRunAARGB8`) and is
/// laid on white in the end (`compositeBackground`): other roundings than on the rest of the page, by one level of grey.
struct TransparentEdge {
    private let columns: Range<Int>
    private let rows: Range<Int>
    /// Red, green, blue and opacity of each pixel.
    private var pixels: [Int]

    /// The edges of a page, none for most.
    static func of(_ page: PageLayout) -> [TransparentEdge] {
        guard page.isTransparent, let ground = page.rectangles.first else { return [] }
        let (width, height) = (min(ground.maxX, page.width), min(ground.maxY, page.height))
        var edges: [TransparentEdge] = []
        if width < page.width { edges.append(TransparentEdge(width..<page.width, 0..<page.height)) }
        if height < page.height { edges.append(TransparentEdge(0..<width, height..<page.height)) }
        return edges
    }

    private init(_ columns: Range<Int>, _ rows: Range<Int>) {
        self.columns = columns
        self.rows = rows
        pixels = Array(repeating: 0, count: columns.count * rows.count * 4)
    }

    /// Draws what a page shows here.
    mutating func draw(_ page: PageLayout, _ fonts: [GlyphCache.Font], _ cache: GlyphCache) {
        var drawn = 0
        for rectangle in page.rectangles {
            draw(page, glyphs: drawn..<rectangle.paintedBefore, fonts, cache)
            drawn = rectangle.paintedBefore
            for y in rectangle.rows.clamped(to: rows) {
                for x in rectangle.columns.clamped(to: columns) {
                    blend(x, y, Int(rectangle.coverage), rectangle.color.channels)
                }
            }
        }
        draw(page, glyphs: drawn..<page.glyphs.count, fonts, cache)
    }

    private mutating func draw(
        _ page: PageLayout,
        glyphs range: Range<Int>,
        _ fonts: [GlyphCache.Font],
        _ cache: GlyphCache
    ) {
        for placed in page.glyphs[range] {
            let font = fonts[Int(placed.font)]
            let index = Int(placed.glyph) * 4 + Int(placed.quarterX & 3)
            guard index < font.table.count else { continue }
            let bitmap = font.table[index] ?? cache.bitmap(index, of: font)
            let x = Int(placed.quarterX >> 2) + Int(bitmap.pointee.left)
            let y = Int(placed.y) - Int(bitmap.pointee.top)
            let inkColumns = (x..<x + Int(bitmap.pointee.width)).clamped(to: columns)
            let inkRows = (y..<y + Int(bitmap.pointee.rows)).clamped(to: rows)
            if inkColumns.isEmpty || inkRows.isEmpty { continue }
            let coverage = GlyphCache.coverage(of: bitmap)
            let ink = page.palette[Int(placed.color)].channels
            for row in inkRows {
                for column in inkColumns {
                    blend(column, row, Int(coverage[bitmap.pointee.offset(row: row - y, column: column - x)]), ink)
                }
            }
        }
    }

    private mutating func blend(_ x: Int, _ y: Int, _ coverage: Int, _ ink: [Int]) {
        if coverage == 0 { return }
        let start = ((y - rows.lowerBound) * columns.count + x - columns.lowerBound) * 4
        let under = pixels[start + 3]
        let opacity = coverage + under - Self.by255(coverage * under)
        for channel in 0..<3 {
            let kept = (opacity - coverage) * pixels[start + channel]
            pixels[start + channel] = (kept + coverage * ink[channel]) / opacity
        }
        pixels[start + 3] = opacity
    }

    /// Lays the pixels on white and puts them on the page.
    func lay(on canvas: Canvas) {
        for y in rows {
            for x in columns {
                let start = ((y - rows.lowerBound) * columns.count + x - columns.lowerBound) * 4
                let opacity = pixels[start + 3]
                let pixel = canvas.pixels + y * canvas.stride + x * canvas.channels
                for channel in 0..<canvas.channels {
                    let value = Self.by255((255 - opacity) * 255 + opacity * pixels[start + channel])
                    pixel[channel] = UInt8(clamping: value)
                }
            }
        }
    }

    /// A 255th, rounded as Splash's `div255` rounds it.
    private static func by255(_ value: Int) -> Int { (value + value >> 8 + 0x80) >> 8 }
}
