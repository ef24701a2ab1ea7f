// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Foundation
import GlyphEngine
import GlyphPage
import Testing

@Suite struct ImageFileTests {
    private func fixture(_ name: String) throws -> [UInt8] {
        let url = try #require(Bundle.module.url(forResource: "Fixtures/\(name)", withExtension: nil))
        return Array(try Data(contentsOf: url))
    }

    @Test("grey PNG pixels come back as they were")
    func grey() throws {
        let rows: [UInt8] = [0, 1, 2, 3, 0, 4, 5, 6]
        let file = try ImageFile(TestImages.png(width: 3, height: 2, depth: 8, color: 0, rows: rows))
        #expect((file.width, file.height) == (3, 2))
        #expect(try file.decode() == PageImage(width: 3, height: 2, format: .grey, pixels: [1, 2, 3, 4, 5, 6]))
    }

    @Test("one bit a pixel, palettes and 16 bits a sample become bytes")
    func depths() throws {
        let bits = TestImages.png(width: 3, height: 1, depth: 1, color: 0, rows: [0, 0b1010_0000])
        #expect(try ImageFile(bits).decode().pixels == [255, 0, 255])
        let colors = TestImages.chunk("PLTE", [255, 0, 0, 0, 0, 255])
        let palette = TestImages.png(width: 2, height: 1, depth: 8, color: 3, rows: [0, 1, 0], extra: colors)
        #expect(
            try ImageFile(palette).decode()
                == PageImage(width: 2, height: 1, format: .rgb, pixels: [0, 0, 255, 255, 0, 0])
        )
        let deep = TestImages.png(width: 1, height: 1, depth: 16, color: 2, rows: [0, 255, 255, 128, 0, 0, 0])
        #expect(try ImageFile(deep).decode().pixels == [255, 128, 0])
    }

    @Test("transparent pixels are laid over white, whatever their own colour")
    func transparency() throws {
        let rgba = TestImages.png(
            width: 3,
            height: 1,
            depth: 8,
            color: 6,
            rows: [0, 9, 8, 7, 0, 10, 20, 30, 255, 0, 0, 0, 128]
        )
        #expect(try ImageFile(rgba).decode().pixels == [255, 255, 255, 10, 20, 30, 127, 127, 127])
        let greyAlpha = TestImages.png(width: 2, height: 1, depth: 8, color: 4, rows: [0, 7, 0, 7, 255])
        #expect(try ImageFile(greyAlpha).decode() == PageImage(width: 2, height: 1, format: .grey, pixels: [255, 7]))
        let key = TestImages.chunk("tRNS", [0, 3])
        let keyed = TestImages.png(width: 2, height: 1, depth: 8, color: 0, rows: [0, 3, 4], extra: key)
        #expect(try ImageFile(keyed).decode().pixels == [255, 4])
    }

    @Test(
        "JPEG and WebP files have the pixels that the reference decoder sees",
        arguments: ["grey.jpg", "rgb.jpg", "progressive.jpg", "lossless.webp", "alpha.webp", "interlaced.png"]
    )
    func reference(_ name: String) throws {
        let expected = try fixture(name + ".pixels")
        let image = try ImageFile(try fixture(name)).decode()
        let pixels = image.format == .grey ? image.pixels.flatMap { [$0, $0, $0] } : image.pixels
        #expect(pixels == expected)
    }

    @Test("a damaged or cut file is an error at every byte, never a picture with a hole")
    func damaged() throws {
        for name in ["rgb.jpg", "lossless.webp", "interlaced.png"] {
            let bytes = try fixture(name)
            let whole = try ImageFile(bytes).decode()
            for length in stride(from: 0, to: bytes.count - 13, by: 7) {
                // A file that lacks no pixel may decode: some end with bytes that carry none.
                if let image = try? ImageFile(Array(bytes.prefix(length))).decode() { #expect(image == whole) }
            }
        }
        #expect(throws: InputError.self) { try ImageFile(Array("GIF89a".utf8)) }
        #expect(throws: InputError.self) { try ImageFile([]) }
    }

    @Test("flipped bytes give an error or a picture of the same size, and no crash")
    func flipped() throws {
        var random = SplitMix64(state: 4)
        for name in ["rgb.jpg", "progressive.jpg", "lossless.webp", "alpha.webp", "interlaced.png"] {
            let bytes = try fixture(name)
            for _ in 0..<150 {
                var broken = bytes
                for _ in 0..<3 { broken[Int.random(in: 0..<bytes.count, using: &random)] = random.next8() }
                guard let file = try? ImageFile(broken), file.width * file.height < 1 << 22 else { continue }
                if let image = try? file.decode() {
                    #expect(image.pixels.count == file.width * file.height * (image.format == .grey ? 1 : 3))
                }
            }
        }
    }
}

extension SplitMix64 {
    fileprivate mutating func next8() -> UInt8 { UInt8(truncatingIfNeeded: next()) }
}
