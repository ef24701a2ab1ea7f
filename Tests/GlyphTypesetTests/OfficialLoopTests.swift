// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage
import Testing

@testable import GlyphTypeset

/// The loops that every character of the official layout goes through, against what they abbreviate.
@Suite struct OfficialLoopTests {
    @Test("Plain text ends where a loop over single bytes ends it")
    func findsPlainText() {
        let mostlyPlain = Array("the quick brown fox, 1847: (Jane) #7 ! ".utf8)
        let special: [UInt8] = [0x00, 0x09, 0x0A, 0x0D, 0x1F, 0x20, 0x21, 0x26, 0x3C, 0x3E, 0x7F, 0x80, 0xC3, 0xFF]
        var generator = SplitMix64(state: 21)
        var passed = 0
        for turn in 0..<4000 {
            var bytes = (0..<Int.random(in: 0...80, using: &generator)).map { mostlyPlain[$0 % mostlyPlain.count] }
            for _ in 0..<turn % 4 where !bytes.isEmpty {
                let index = Int.random(in: bytes.indices, using: &generator)
                bytes[index] = special[Int.random(in: special.indices, using: &generator)]
            }
            let start = bytes.isEmpty ? 0 : Int.random(in: 0..<bytes.count, using: &generator)
            let isPlain = bytes.map { $0 > 0x20 && $0 < 0x7F && !"&<>".utf8.contains($0) } + [false, false]
            var expected = start
            while isPlain[expected]
                || (expected > start && bytes[min(expected, bytes.count - 1)] == 0x20
                    && isPlain[expected - 1] && isPlain[expected + 1])
            { expected += 1 }
            let end = bytes.withUnsafeBufferPointer { PlainBytes.end($0, from: start) }
            #expect(end == expected)
            passed += end - start
        }
        #expect(passed > 10_000)
    }

    @Test("A pen lies on the quarter or the whole pixel to its left, as far as it can be counted")
    func findsQuarters() {
        var generator = SplitMix64(state: 22)
        let special = [
            0, -0.0, 0.25, 0.2499999, -0.25, -0.2500001, 1.5, 2.5, -1.5, 1e8, -1e8, 0.1 + 0.2, 1e-300, -1e-300,
        ]
        let others = (0..<10_000).map { _ in Double.random(in: -3000...3000, using: &generator) }
        for position in special + others {
            #expect(PixelGrid.quarters.quarters(position) == Int32((position * 4).rounded(.down)))
            #expect(PixelGrid.whole.quarters(position) == Int32(position.rounded(.down)) * 4)
        }
        for grid in [PixelGrid.quarters, PixelGrid.whole] {
            for position in [1e9, 1e300, .infinity, .nan] { #expect(grid.quarters(position) == .max) }
            for position in [-1e9, -1e300, -.infinity] { #expect(grid.quarters(position) == .min) }
        }
    }
}
