// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import CBlend
import GlyphPage
import GlyphTypeset
import Testing

@testable import GlyphRaster

@Suite struct CanvasTests {
    /// Coverage a in row a, and destination d in column d, for every pair of bytes.
    private static let square = DrawnBitmap(width: 256, rows: 256) { row, _ in UInt8(row) }

    private func canvas(channels: Int) -> Canvas {
        let canvas = Canvas()
        canvas.prepare(width: 256, height: 256, channels: channels)
        for y in 0..<256 {
            for x in 0..<256 * channels { canvas.pixels[y * canvas.stride + x] = UInt8(x / channels) }
        }
        return canvas
    }

    private func blended(_ coverage: Int, _ destination: Int, _ ink: UInt8) -> UInt8 {
        UInt8(((255 - coverage) * destination + coverage * Int(ink)) / 255)
    }

    @Test("Blending is exact for every coverage and destination", arguments: [0, 1, 17, 127, 128, 200, 254, 255])
    func greyBlendingIsExact(ink: UInt8) {
        let fast = canvas(channels: 1)
        let glyph = [PlacedGlyph(glyph: 0, font: 0, color: 0, quarterX: 0, y: 0)]
        #expect(glyph.withUnsafeBufferPointer { fast.blend($0, [Self.square.font], [ink]) } == 1)
        let slow = canvas(channels: 1)
        Self.square.blendClipped(slow, 0, 0, Color(red: ink, green: ink, blue: ink))
        var wrong = 0
        for y in 0..<256 {
            for x in 0..<256 {
                let expected = blended(y, x, ink)
                if fast.pixels[y * fast.stride + x] != expected || slow.pixels[y * slow.stride + x] != expected {
                    wrong += 1
                }
            }
        }
        #expect(wrong == 0)
    }

    @Test("Each channel of a colour blends by itself")
    func colourBlendingIsExact() {
        let ink = Color(red: 0, green: 130, blue: 255)
        let canvas = canvas(channels: 3)
        Self.square.blendClipped(canvas, 0, 0, ink)
        var wrong = 0
        for y in 0..<256 {
            for x in 0..<256 {
                for (channel, level) in [ink.red, ink.green, ink.blue].enumerated()
                where canvas.pixels[y * canvas.stride + x * 3 + channel] != blended(y, x, level) { wrong += 1 }
            }
        }
        #expect(wrong == 0)
    }

    @Test(
        "A glyph that crosses an edge shows the part inside",
        arguments: [(-100, 0), (0, -100), (200, 30), (90, 250)]
    )
    func glyphsAreClipped(x: Int, y: Int) {
        let canvas = canvas(channels: 1)
        Self.square.blendClipped(canvas, x, y, .black)
        var wrong = 0
        for row in 0..<256 {
            for column in 0..<256 {
                let isCovered = (0..<256).contains(row - y) && (0..<256).contains(column - x)
                let expected = isCovered ? blended(row - y, column, 0) : UInt8(column)
                if canvas.pixels[row * canvas.stride + column] != expected { wrong += 1 }
            }
        }
        #expect(wrong == 0)
    }

    @Test("Rectangles beyond the page paint what is inside, and nothing when reversed")
    func rectanglesAreClipped() throws {
        var page = PageLayout(
            number: 1,
            width: 8,
            height: 4,
            background: .white,
            palette: [.black],
            fonts: [],
            source: SourceRange(0, 0)
        )
        page.rectangles = [
            FilledRectangle(minX: -5, minY: -5, maxX: 2, maxY: 1, color: .black),
            FilledRectangle(minX: 7, minY: 3, maxX: 900, maxY: 900, color: .black),
            FilledRectangle(minX: 6, minY: 0, maxX: 3, maxY: 4, color: .black),
            FilledRectangle(minX: 3, minY: 3, maxX: 6, maxY: 1, color: .black),
        ]
        let image = try PageRasterizer().image(of: page)
        let black = image.pixels.indices.filter { image.pixels[$0] == 0 }
        #expect(black == [0, 1, 31])
    }

    @Test("Beyond a transparent page's ground what is drawn is laid on white as poppler rounds it, twice drawn too")
    func transparentEdge() throws {
        let light = Color(red: 248, green: 248, blue: 248)
        var page = PageLayout(
            number: 1,
            width: 3,
            height: 3,
            background: .white,
            palette: [.black],
            fonts: [],
            source: SourceRange(0, 0)
        )
        page.rectangles = [
            FilledRectangle(minX: 0, minY: 0, maxX: 2, maxY: 2, color: .white),
            FilledRectangle(minX: 1, minY: 0, maxX: 3, maxY: 3, color: light, coverage: 10),
            FilledRectangle(minX: 0, minY: 1, maxX: 3, maxY: 3, color: .black, coverage: 100),
        ]
        #expect(try PageRasterizer().image(of: page).pixels == [255, 254, 254, 155, 154, 154, 155, 154, 154])
        page.isTransparent = true
        // (245 · 255 + 10 · 248) / 255 is 254.7: cut off within, rounded beyond.
        #expect(try PageRasterizer().image(of: page).pixels == [255, 254, 255, 155, 154, 155, 155, 155, 155])
    }

    @Test("Resampling equals Pillow's, byte for byte", arguments: ["noise", "steps"])
    func resamplingEqualsPillow(name: String) throws {
        let source = try PNGDecoder(try fixture("resampled/\(name).png")).image
        for width in [1, 13, 30, source.width - 1, source.width + 6, source.width * 3] {
            let expected = try PNGDecoder(try fixture("resampled/\(name).\(width).png")).image
            let channels = source.format == .grey ? 1 : 3
            var result = source
            result.width = width
            result.pixels = BicubicResampling.horizontally(source, width: width, channels: channels)
            expectSamePixels(result, expected, "\(name) at width \(width)")
        }
    }
}

@Suite struct CroppingTests {
    private func canvas(_ width: Int, _ height: Int, ink: [(x: Int, y: Int, level: UInt8)]) -> Canvas {
        let canvas = Canvas()
        canvas.prepare(width: width, height: height, channels: 1)
        for y in 0..<height { (canvas.pixels + y * canvas.stride).update(repeating: 200, count: width) }
        for pixel in ink { canvas.pixels[pixel.y * canvas.stride + pixel.x] = pixel.level }
        return canvas
    }

    @Test("The margin is kept right of the last inked column and from the last inked row on")
    func marginsAreKept() {
        let canvas = canvas(100, 80, ink: [(40, 3, 0), (12, 50, 0)])
        #expect(Cropping.size(of: canvas, Crop(rightMargin: 7, bottomMargin: 9)) == (48, 59))
        #expect(Cropping.size(of: canvas, Crop(rightMargin: 7)) == (48, 80))
        #expect(Cropping.size(of: canvas, Crop(bottomMargin: 9)) == (100, 59))
        #expect(Cropping.size(of: canvas, Crop()) == (100, 80))
    }

    @Test("Ink is what differs from the corner by more than five levels")
    func faintPixelsAreNotInk() {
        let faint = canvas(30, 20, ink: [(20, 10, 195), (21, 11, 205)])
        #expect(Cropping.size(of: faint, Crop(rightMargin: 1, bottomMargin: 1)) == (30, 20))
        let dark = canvas(30, 20, ink: [(20, 10, 194)])
        #expect(Cropping.size(of: dark, Crop(rightMargin: 1, bottomMargin: 1)) == (22, 11))
        let light = canvas(30, 20, ink: [(20, 10, 206)])
        #expect(Cropping.size(of: light, Crop(rightMargin: 1, bottomMargin: 1)) == (22, 11))
    }

    @Test("Halves round to even, and a crop neither grows the page nor loses it")
    func cropIsBounded() {
        let canvas = canvas(30, 20, ink: [(9, 9, 0)])
        #expect(Cropping.size(of: canvas, Crop(rightMargin: 2.5, bottomMargin: 2.5)) == (12, 12))
        #expect(Cropping.size(of: canvas, Crop(rightMargin: 1.5, bottomMargin: 1.5)) == (12, 10))
        #expect(Cropping.size(of: canvas, Crop(rightMargin: 100, bottomMargin: 100)) == (30, 20))
        let top = self.canvas(30, 20, ink: [(9, 0, 0)])
        #expect(Cropping.size(of: top, Crop(bottomMargin: 0)) == (30, 1))
    }

    @Test("The fast search finds ink in every column, also at widths that are not multiples of eight")
    func everyColumnIsFound() {
        for width in 17...34 {
            for x in 2..<width {
                let canvas = canvas(width, 5, ink: [(x, 4, 0)])
                #expect(Cropping.size(of: canvas, Crop(rightMargin: 0)) == (x + 1, 5))
            }
        }
    }
}
