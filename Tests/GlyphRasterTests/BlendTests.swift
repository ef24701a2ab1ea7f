// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import CBlend
import GlyphPage
import Testing

@Suite struct BlendTests {
    @Test("Every ink on every ground is poppler's formula, on white and over other glyphs", arguments: [0, 1, 255])
    func blendsAsPoppler(color: UInt8) {
        var generator = SplitMix64(state: UInt64(color))
        for turn in 0..<400 {
            let (rows, coverageStride) = (2 * (1 + turn % 6), 8 * (1 + turn % 3))
            let stride = coverageStride + turn % 5
            // Much of a glyph is not covered, and much of a page is white.
            let coverage = (0..<rows * coverageStride).map { _ in
                Bool.random(using: &generator) ? 0 : UInt8.random(in: 0...255, using: &generator)
            }
            let darkness = [0.0, 0.02, 0.5, 1][turn % 4]
            var pixels = (0..<stride * rows + 8).map { _ in
                Double.random(in: 0..<1, using: &generator) < darkness
                    ? UInt8.random(in: 0...255, using: &generator) : 255
            }
            var expected = pixels
            for row in 0..<rows {
                for column in 0..<coverageStride {
                    let (a, at) = (Int(coverage[row * coverageStride + column]), row * stride + column)
                    expected[at] = UInt8(((255 - a) * Int(expected[at]) + a * Int(color)) / 255)
                }
            }
            cblend_grey(&pixels, stride, coverage, coverageStride, rows, color)
            #expect(pixels == expected)
        }
    }
}
