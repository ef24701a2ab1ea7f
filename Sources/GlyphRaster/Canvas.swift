// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import CBlend
import GlyphPage
import GlyphTypeset

/// A worker's drawing surface, reused from page to page.
///
/// Blending is poppler's: ⌊((255 − a) · d + a · c) / 255⌋ for coverage a, destination d and colour c (Splash.cc,
/// `pipeRunAARGB8`, opaque destination).
final class Canvas {
    private(set) var width = 0
    private(set) var height = 0
    /// Bytes a pixel: 1 (grey) or 3 (RGB).
    private(set) var channels = 1
    /// Bytes a row, padded so that tiles of glyphs can be written anywhere, as the rows are.
    private(set) var stride = 0
    private var storage = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: 0)

    deinit { storage.deallocate() }

    /// The pixels, `stride` bytes a row.
    var pixels: UnsafeMutablePointer<UInt8> { storage.baseAddress.unsafelyUnwrapped }

    /// Draws a layout onto a fresh page.
    func draw(_ page: PageLayout, cache: GlyphCache) throws {
        let fonts = try page.fonts.map { try cache.font($0) }
        let isGrey =
            page.background.isGrey && page.palette.allSatisfy(\.isGrey) && page.rectangles.allSatisfy(\.color.isGrey)
        prepare(width: page.width, height: page.height, channels: isGrey ? 1 : 3)
        if !page.isCovered { fill(0, 0, width, height, page.background) }
        var drawn = 0
        // The colour of the page as long as it is empty and all of one colour.
        var ground = page.isCovered ? nil : page.background
        for rectangle in page.rectangles {
            draw(page, glyphs: drawn..<rectangle.paintedBefore, fonts, cache)
            drawn = rectangle.paintedBefore
            if drawn == 0, rectangle.color == ground { continue }
            ground = drawn == 0 && page.isCovered(by: rectangle) ? rectangle.color : nil
            fill(rectangle)
        }
        draw(page, glyphs: drawn..<page.glyphs.count, fonts, cache)
        for var edge in TransparentEdge.of(page) {
            edge.draw(page, fonts, cache)
            edge.lay(on: self)
        }
    }

    func prepare(width: Int, height: Int, channels: Int) {
        self.width = width
        self.height = height
        self.channels = channels
        stride = width * channels + 16
        let needed = stride * (height + Int(CBLEND_TILE))
        if storage.count < needed {
            storage.deallocate()
            storage = .allocate(capacity: needed)
        }
    }

    private func fill(_ rectangle: FilledRectangle) {
        if rectangle.coverage < 255 { return blend(rectangle) }
        fill(rectangle.minX, rectangle.minY, rectangle.maxX, rectangle.maxY, rectangle.color)
    }

    private func blend(_ rectangle: FilledRectangle) {
        let a = Int(rectangle.coverage)
        let ink = rectangle.color.channels
        for y in rectangle.rows.clamped(to: 0..<height) {
            for x in rectangle.columns.clamped(to: 0..<width) {
                let pixel = pixels + y * stride + x * channels
                for channel in 0..<channels { pixel[channel] = Self.blended(pixel[channel], a, ink[channel]) }
            }
        }
    }

    private static func blended(_ under: UInt8, _ coverage: Int, _ ink: Int) -> UInt8 {
        UInt8(((255 - coverage) * Int(under) + coverage * ink) / 255)
    }

    private func fill(_ x0: Int, _ y0: Int, _ x1: Int, _ y1: Int, _ color: Color) {
        let minX = max(0, x0)
        let maxX = min(width, x1)
        guard minX < maxX else { return }
        let rows = max(0, y0)..<max(max(0, y0), min(height, y1))
        if channels == 1, minX == 0, maxX == width {
            // In one go with the padding, whose content does not matter.
            (pixels + rows.lowerBound * stride).update(repeating: color.red, count: rows.count * stride)
            return
        }
        for y in rows {
            let row = pixels + y * stride
            if channels == 1 {
                (row + minX).update(repeating: color.red, count: maxX - minX)
                continue
            }
            for x in minX..<maxX {
                (row[x * 3], row[x * 3 + 1], row[x * 3 + 2]) = (color.red, color.green, color.blue)
            }
        }
    }

    private func draw(
        _ page: PageLayout,
        glyphs range: Range<Int>,
        _ fonts: [GlyphCache.Font],
        _ cache: GlyphCache
    ) {
        let tables = fonts.map { $0.table.forBlending }
        let greys = page.palette.map { $0.red }
        page.glyphs.withUnsafeBufferPointer { glyphs in
            var rest = glyphs[range]
            while !rest.isEmpty {
                if channels == 1 { rest = rest.dropFirst(blend(UnsafeBufferPointer(rebasing: rest), tables, greys)) }
                guard let placed = rest.popFirst() else { break }
                drawAlone(placed, page, fonts[Int(placed.font)], cache)
            }
        }
    }

    /// Draws the first glyphs on a grey page, and returns how many, up to one that needs more care.
    func blend(_ glyphs: UnsafeBufferPointer<PlacedGlyph>, _ fonts: [cblend_font], _ greys: [UInt8]) -> Int {
        fonts.withUnsafeBufferPointer { fonts in
            greys.withUnsafeBufferPointer { greys in
                let page = cblend_page(
                    pixels: pixels,
                    stride: stride,
                    width: Int64(width),
                    height: Int64(height),
                    fonts: fonts.baseAddress,
                    font_count: fonts.count,
                    greys: greys.baseAddress,
                    grey_count: greys.count
                )
                return withUnsafePointer(to: page) { page in
                    glyphs.withMemoryRebound(to: cblend_glyph.self) { cblend_glyphs(page, $0.baseAddress, $0.count) }
                }
            }
        }
    }

    /// Draws a glyph that is not drawn by FreeType yet, crosses the page's edge, or lies on a coloured page.
    private func drawAlone(_ placed: PlacedGlyph, _ page: PageLayout, _ font: GlyphCache.Font, _ cache: GlyphCache) {
        let index = Int(placed.glyph) * 4 + Int(placed.quarterX & 3)
        guard index < font.table.count else { return }
        let bitmap = font.table[index] ?? cache.bitmap(index, of: font)
        blendClipped(
            GlyphCache.coverage(of: bitmap),
            bitmap.pointee,
            Int(placed.quarterX >> 2) + Int(bitmap.pointee.left),
            Int(placed.y) - Int(bitmap.pointee.top),
            page.palette[Int(placed.color)]
        )
    }

    /// Blends a glyph pixel by pixel, as far as it lies on the page.
    func blendClipped(
        _ coverage: UnsafePointer<UInt8>,
        _ bitmap: GlyphCache.Bitmap,
        _ x: Int,
        _ y: Int,
        _ color: Color
    ) {
        let ink = color.channels
        let rows = (0..<Int(bitmap.rows)).clamped(to: -y..<max(-y, height - y))
        let columns = (0..<Int(bitmap.width)).clamped(to: -x..<max(-x, width - x))
        for row in rows {
            for column in columns {
                let a = Int(coverage[bitmap.offset(row: row, column: column)])
                if a == 0 { continue }
                let pixel = pixels + (y + row) * stride + (x + column) * channels
                for channel in 0..<channels { pixel[channel] = Self.blended(pixel[channel], a, ink[channel]) }
            }
        }
    }

    /// Replaces the page by its horizontally resampled self.
    func resample(horizontally scale: Double) {
        let newWidth = max(1, Int(Double(width) * scale))
        let source = image(width: width, height: height)
        let resampled = BicubicResampling.horizontally(source, width: newWidth, channels: channels)
        prepare(width: newWidth, height: height, channels: channels)
        resampled.withUnsafeBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return }
            for y in 0..<height {
                (pixels + y * stride).update(from: base + y * newWidth * channels, count: newWidth * channels)
            }
        }
    }

    /// A copy of the upper left part of the page.
    func image(width: Int, height: Int) -> PageImage {
        let rowBytes = width * channels
        let bytes = [UInt8](unsafeUninitializedCapacity: rowBytes * height) { buffer, count in
            for y in 0..<height {
                buffer.baseAddress.unsafelyUnwrapped.advanced(by: y * rowBytes)
                    .initialize(from: pixels + y * stride, count: rowBytes)
            }
            count = rowBytes * height
        }
        return PageImage(width: width, height: height, format: channels == 1 ? .grey : .rgb, pixels: bytes)
    }
}

extension PageLayout {
    /// Whether a rectangle paints the whole page first, so that the background need not be painted.
    fileprivate var isCovered: Bool {
        guard let first = rectangles.first, first.paintedBefore == 0 else { return false }
        return isCovered(by: first)
    }

    fileprivate func isCovered(by rectangle: FilledRectangle) -> Bool {
        rectangle.minX <= 0 && rectangle.minY <= 0 && rectangle.maxX >= width && rectangle.maxY >= height
            && rectangle.coverage == 255
    }
}

extension FilledRectangle {
    /// Its pixels; none where it is reversed.
    var columns: Range<Int> { minX..<max(minX, maxX) }
    var rows: Range<Int> { minY..<max(minY, maxY) }
}

extension Color {
    /// Red, green and blue.
    var channels: [Int] { [Int(red), Int(green), Int(blue)] }
}
