// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage
import Testing

@testable import GlyphVLM

@Suite("Images become the reference's pixel values")
struct ImageProcessorTests {
    @Test("Pixel values equal the reference's to the last bit", arguments: Fixtures.cases)
    func pixelValues(_ name: String) throws {
        let reference = try ReferenceCase(name)
        let patches = try reference.images.map(reference.folder.imageProcessor.patches)
        let expected = try #require(try reference.results("pixels")["pixel_values"])
        let values = Rows.thinned(patches.flatMap(\.values), rowLength: patches[0].patchLength)
        #expect(values.count == expected.values.count)
        #expect(values == expected.values)
        Report.add("\(name) pixel values: \(distance(values, expected.values))")
    }

    @Test("Grids equal the reference's and are known without pixels", arguments: Fixtures.cases)
    func grids(_ name: String) throws {
        let reference = try ReferenceCase(name)
        for (image, expected) in zip(reference.images, reference.grids) {
            let grid = try reference.folder.imageProcessor.grid(width: image.width, height: image.height)
            #expect([1, grid.rows, grid.columns] == expected)
        }
    }

    @Test("A grey page gives the pixel values of the same page in colour")
    func greyPages() throws {
        let processor = try ReferenceCase("single").folder.imageProcessor
        var generator = SplitMix64(state: 3)
        let grey = (0..<61 * 47).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
        let page = PageImage(width: 61, height: 47, format: .grey, pixels: grey)
        let colour = PageImage(width: 61, height: 47, format: .rgb, pixels: grey.flatMap { [$0, $0, $0] })
        #expect(try processor.patches(page).values == processor.patches(colour).values)
    }

    @Test("Images that no grid fits are errors", arguments: [(0, 10), (10, 0), (10, 4_000), (1 << 21, 1 << 20)])
    func refusedSizes(_ size: (Int, Int)) throws {
        let processor = try ReferenceCase("single").folder.imageProcessor
        #expect(throws: InputError.self) { try processor.grid(width: size.0, height: size.1) }
    }

    @Test("A side of 30,000 pixels is scaled down, not refused")
    func largeImages() throws {
        let processor = try ReferenceCase("published").folder.imageProcessor
        let grid = try processor.grid(width: 30_000, height: 4_000)
        #expect(grid.patchCount * 14 * 14 * 2 <= 25_088)
    }

    @Test("Bytes that are not the image's are an error")
    func truncatedPixels() throws {
        let processor = try ReferenceCase("single").folder.imageProcessor
        let image = PageImage(width: 40, height: 40, format: .rgb, pixels: [UInt8](repeating: 0, count: 40 * 40))
        #expect(throws: InputError.self) { try processor.patches(image) }
    }
}
