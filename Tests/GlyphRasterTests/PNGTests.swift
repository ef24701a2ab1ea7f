// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import CDeflate
import Foundation
import GlyphPage
import GlyphTypeset
import Testing

@testable import GlyphRaster

@Suite struct PNGTests {
    private func page(width: Int, height: Int, colors: [Color]) -> PageLayout {
        var page = PageLayout(
            number: 1,
            width: width,
            height: height,
            background: colors.first ?? .white,
            palette: [.black],
            fonts: [],
            source: SourceRange(0, 0)
        )
        page.rectangles = colors.enumerated().map { index, color in
            let (x, y) = (index % width, index / width)
            return FilledRectangle(minX: x, minY: y, maxX: x + 1, maxY: y + 1, color: color)
        }
        return page
    }

    private func colors(_ count: Int) -> [Color] {
        (0..<count).map { Color(red: UInt8($0 & 255), green: UInt8($0 >> 8), blue: 7) }
    }

    @Test("Grey, palette and RGB files hold exactly the pixels drawn", arguments: [1, 2, 255, 256, 257, 600])
    func filesRoundTrip(count: Int) throws {
        for width in [1, 7, 8, 31, 40] {
            let height = (count + width - 1) / width + 1
            let coloured = page(width: width, height: height, colors: colors(count))
            var grey = coloured
            grey.background = .white
            for index in grey.rectangles.indices {
                let level = UInt8(index * 37 & 255)
                grey.rectangles[index].color = Color(red: level, green: level, blue: level)
            }
            for (page, type) in [(coloured, count > 256 ? 2 : 3), (grey, 0)] {
                let rasterizer = PageRasterizer()
                let decoded = try PNGDecoder(try rasterizer.encode(page).png)
                #expect(decoded.colorType == type && decoded.bitDepth == 8)
                #expect(decoded.image == (try rasterizer.image(of: page)))
                let wide = try PNGDecoder(try PageRasterizer(format: .rgb).encode(page).png)
                #expect(wide.colorType == 2)
                #expect(wide.image == rgb(try rasterizer.image(of: page)))
            }
        }
    }

    @Test("A palette lists its colours once, in order of appearance")
    func paletteIsMinimal() throws {
        let decoded = try PNGDecoder(try PageRasterizer().encode(page(width: 16, height: 16, colors: colors(256))).png)
        #expect(decoded.chunks == ["IHDR", "PLTE", "IDAT", "IEND"])
        #expect(decoded.palette == colors(256))
    }

    @Test("Two-level files are thresholded at half and keep their padding bits zero", arguments: [1, 7, 8, 9, 200])
    func bilevelRoundTrips(width: Int) throws {
        let greys = (0..<width * 3).map { index in
            let level = UInt8(index * 91 & 255)
            return Color(red: level, green: level, blue: level)
        }
        let page = page(width: width, height: 3, colors: greys)
        let decoded = try PNGDecoder(try PageRasterizer(format: .bilevel).encode(page).png)
        #expect(decoded.bitDepth == 1)
        #expect(decoded.image.pixels == greys.map { $0.red >= 128 ? 255 : 0 })
        if width & 7 != 0 {
            for y in 0..<3 { #expect(decoded.rows[(y + 1) * decoded.rowBytes - 1] & (0xFF >> UInt8(width & 7)) == 0) }
        }
    }

    @Test("Equal pages give equal bytes, and files carry no time stamp")
    func bytesAreDeterministic() throws {
        let page = try #require(try layouts("Rope, salt and quiet jokes.", smallConfig()).first)
        let first = try PageRasterizer().encode(page).png
        #expect(try PageRasterizer().encode(page).png == first)
        #expect(try PNGDecoder(first).chunks == ["IHDR", "IDAT", "IEND"])
    }

    @Test("The checksum shim agrees with the PNG specification's definition")
    func checksumsAgree() {
        var generator = SplitMix64(state: 11)
        for count in [0, 1, 3, 64, 1000] {
            let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
            #expect(cdeflate_crc32(0, bytes, bytes.count) == PNGDecoder.checksum(bytes))
        }
    }

    @Test("Compressed data expands to itself; damaged or short data is refused")
    func inflateIsStrict() {
        var generator = SplitMix64(state: 12)
        for (count, greatest) in [(1, 3), (16, 255), (17, 255), (100, 3), (70_000, 3), (300_000, 255)] {
            let bytes = (0..<count).map { _ in UInt8.random(in: 0...UInt8(greatest), using: &generator) }
            var scratch = [UInt8](repeating: 0, count: cdeflate_scratch_size())
            var packed = [UInt8](repeating: 0, count: cdeflate_bound(count))
            let size = cdeflate_zlib(bytes, count, &packed, packed.count, &scratch)
            var output = [UInt8](repeating: 0, count: count)
            #expect(cdeflate_inflate(packed, size, &output, count) == count)
            #expect(output == bytes)
            #expect(cdeflate_inflate(packed, size - 1, &output, count) == 0)
            #expect(cdeflate_inflate(packed, size, &output, count - 1) == 0)
            packed[size - 1] ^= 1
            #expect(cdeflate_inflate(packed, size, &output, count) == 0)
        }
    }

    @Test("Compressed bytes do not depend on where the compressor works")
    func compressionIsTheSameEverywhere() throws {
        let text = try String(contentsOfFile: "\(repository)/Examples/jane-eyre.txt", encoding: .utf8)
        let page = try layouts(text, try Preset.dark.configuration())[10]
        let image = try PageRasterizer().image(of: page)
        let rows = (0..<image.height).flatMap { y in [0] + image.pixels[y * image.width..<(y + 1) * image.width] }
        // igzip takes an address for data if it is let, which changes one stream in three thousand.
        let (step, places) = (1 << 16, 4000)
        let size = cdeflate_scratch_size()
        let memory = try #require(
            mmap(nil, step * places + size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)
        )
        try #require(memory != MAP_FAILED)
        defer { munmap(memory, step * places + size) }
        var packed = [UInt8](repeating: 0, count: cdeflate_bound(rows.count))
        var found = Set<[UInt8]>()
        for place in 0..<places {
            let scratch = (memory + place * step).assumingMemoryBound(to: UInt8.self)
            found.insert(Array(packed[..<cdeflate_zlib(rows, rows.count, &packed, packed.count, scratch)]))
            madvise(scratch, size, MADV_DONTNEED)
        }
        #expect(found.count == 1)
    }

    @Test("The quick way for text on white compresses the same rows, with runs and greys of every kind")
    func textCompressesToTheSameRows() {
        var generator = SplitMix64(state: 13)
        for width in [1, 7, 8, 9, 64, 259, 260, 600, 1300] {
            let (height, stride) = (40, width + 11)
            var pixels = [UInt8](repeating: 7, count: stride * height)  // what lies beyond the rows does not matter
            for y in 0..<height {
                var x = 0
                while x < width {
                    let run = Int.random(in: 1...(y.isMultiple(of: 2) ? 9 : width), using: &generator)
                    let isWhite = Bool.random(using: &generator)
                    for column in x..<min(width, x + run) {
                        pixels[y * stride + column] = isWhite ? 255 : UInt8.random(in: 0...255, using: &generator)
                    }
                    x += run
                }
            }
            let rows = (0..<height).flatMap { y in [0] + pixels[y * stride..<y * stride + width] }
            var packed = [UInt8](repeating: 0, count: cdeflate_text_bound(width, height))
            let size = cdeflate_text_zlib(pixels, stride, width, height, &packed, packed.count)
            var output = [UInt8](repeating: 0, count: rows.count)
            #expect(cdeflate_inflate(packed, size, &output, output.count) == rows.count)
            #expect(output == rows)
            for room in [0, size / 2, size - 1] {
                packed = [UInt8](repeating: 0xA5, count: size + 64)
                #expect(cdeflate_text_zlib(pixels, stride, width, height, &packed, room) == 0)
                #expect(packed[room..<room + 64].allSatisfy { $0 == 0xA5 }, "\(room) of \(size) bytes")
            }
        }
    }

    @Test("Only text on white that stays here is compressed in the quick way")
    func onlyWhiteGroundsAreTakenForText() throws {
        let text = "Rope, salt and quiet jokes. It was a long day on the quay, and nobody spoke of the weather."
        let white = try #require(try layouts(text, smallConfig()).first)
        var grey = white
        grey.background = Color(red: 254, green: 254, blue: 254)
        grey.rectangles = grey.rectangles.map { rectangle in
            var rectangle = rectangle
            rectangle.color = grey.background
            return rectangle
        }
        let quick = PageRasterizer(compression: .quick)
        let small = PageRasterizer()
        #expect(try quick.encode(white).png != small.encode(white).png)
        #expect(try quick.encode(grey).png == small.encode(grey).png)
        #expect(try PNGDecoder(quick.encode(white).png).image.pixels == small.image(of: white).pixels)
    }

    @Test("A file that lost or changed a byte is recognised")
    func decoderNoticesDamage() throws {
        let page = try #require(try layouts("Salt", smallConfig()).first)
        let file = try PageRasterizer().encode(page).png
        for offset in stride(from: 0, to: file.count, by: 7) {
            var damaged = file
            damaged[offset] ^= 0x10
            #expect(throws: PNGDecoder.Fault.self) { try PNGDecoder(damaged) }
        }
        #expect(throws: PNGDecoder.Fault.self) { try PNGDecoder(Array(file.dropLast())) }
    }
}
