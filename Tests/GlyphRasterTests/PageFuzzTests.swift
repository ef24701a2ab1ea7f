// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage
import GlyphRaster
import GlyphTypeset
import Testing

/// Whatever the text and the configuration, laying out and drawing ends in pages or an `InputError`.
@Suite struct PageFuzzTests {
    /// Lays out and draws a document of at most `pageLimit` pages, and checks what must hold for every page.
    private func render(
        _ text: SourceText,
        _ config: RenderConfig,
        pageLimit: Int = .max,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        do {
            var layouter = try Typesetter.layouter(text: text, config: config)
            let rasterizer = PageRasterizer(format: config.imageFormat)
            var end = 0
            var number = 0
            while number < pageLimit, let page = try layouter.nextPage() {
                number += 1
                #expect(page.number == number, sourceLocation: sourceLocation)
                #expect(page.source.lowerBound == end, sourceLocation: sourceLocation)
                #expect(page.source.upperBound >= end, sourceLocation: sourceLocation)
                end = page.source.upperBound
                // Drawing is the slow part in a debug build; the first pages show what later ones do.
                if number > 3 { continue }
                let encoded = try rasterizer.encode(page)
                #expect(encoded.width > 0 && encoded.height > 0, sourceLocation: sourceLocation)
            }
            if number < pageLimit { #expect(end == text.utf8.count, sourceLocation: sourceLocation) }
        } catch is InputError {}
    }

    private static let pools: [[ClosedRange<UInt32>]] = [
        [0x20...0x7E], [0...0x1F, 0x20...0x40], [0xA0...0x24F], [0x300...0x36F, 0x61...0x66], [0x590...0x6FF],
        [0x900...0xDFF], [0xE00...0xE7F], [0x1100...0x11FF, 0xAC00...0xAD00], [0x2000...0x206F], [0x3000...0x30FF],
        [0x4E00...0x4F00], [0xD7B0...0xD7FF, 0xE000...0xE0FF], [0xFE00...0xFE0F, 0xFEFF...0xFEFF, 0xFFF0...0xFFFF],
        [0x1F1E6...0x1F1FF, 0x1F600...0x1F64F, 0x200D...0x200D], [0xE0000...0xE007F], [0x10FFF0...0x10FFFF],
    ]

    private func text(_ count: Int, _ generator: inout SplitMix64) -> SourceText {
        var scalars = String.UnicodeScalarView()
        var pool = Self.pools[0]
        for _ in 0..<count {
            if Int.random(in: 0..<12, using: &generator) == 0 {
                pool = Self.pools.randomElement(using: &generator) ?? Self.pools[0]
            }
            let range = pool.randomElement(using: &generator) ?? 0x20...0x7E
            let separators: [UInt32] = [0x20, 0x20, 0x0A, 0x0D, 0x09, 0x2028]
            let value =
                Int.random(in: 0..<9, using: &generator) == 0
                ? separators.randomElement(using: &generator) ?? 0x20 : UInt32.random(in: range, using: &generator)
            if let scalar = Unicode.Scalar(value) { scalars.append(scalar) }
        }
        return SourceText(String(scalars))
    }

    private func config(_ layout: RenderConfig.Layout, _ generator: inout SplitMix64) throws -> RenderConfig {
        var config = try smallConfig(layout)
        func pick<Value>(_ values: [Value], _ fallback: Value) -> Value {
            values.randomElement(using: &generator) ?? fallback
        }
        (config.pageWidth, config.pageHeight) = (
            pick([1, 13, 40, 120.5, 200], 200), pick([1, 12, 40, 99.9, 150], 150)
        )
        (config.marginX, config.marginY) = (pick([0, 0, 5, 12.5], 0), pick([0, 0, 5, 9.75], 0))
        config.dpi = pick([10, 33.3, 72, 100], 72)
        config.fontSize = pick([1, 4.5, 9, 14, 60], 9)
        config.lineHeight = pick([1, 5, config.fontSize + 1, 30], 10)
        config.alignment = pick(RenderConfig.Alignment.allCases, .left)
        config.horizontalScale = pick([1, 1, 0.1, 0.75, 3], 1)
        config.firstLineIndent = pick([0, 0, 30, -40, -10_000], 0)
        (config.leftIndent, config.rightIndent) = (pick([0, 0, 10, -10_000, 90], 0), pick([0, 0, 10, -500, 90], 0))
        (config.spaceBefore, config.spaceAfter) = (pick([0, 5, 10_000], 0), pick([0, 5, 10_000], 0))
        (config.borderWidth, config.borderPadding) = (pick([0, 0, 1, 1000], 0), pick([0, 3.3, 1000], 0))
        config.paragraphBorder = pick([.black, Color(red: 200, green: 0, blue: 9)], .black)
        config.pageBackground = pick([.white, .white, Color(red: 30, green: 30, blue: 40)], .white)
        (config.autoCropWidth, config.autoCropLastPage) = (pick([true, false], true), pick([true, false], true))
        config.newlineMarkup = pick(
            [.lineBreak, .text(" \\n ", color: .black), .text("", color: nil), .text("\n \t", color: .white)],
            .lineBreak
        )
        config.reflow = pick(RenderConfig.Reflow.allCases, .off)
        config.imageFormat = pick(RenderConfig.ImageFormat.allCases, .auto)
        (config.cellWidth, config.cellHeight) = (pick([2, 7, 50], 7), pick([4, 14, 50], 14))
        config.newlineMark = pick(["", "¶", "e\u{301}\u{301}", "🙂🙂"], "")
        config.lineNumbers = pick([true, false], false)
        config.tabWidth = pick([1, 4, 64], 4)
        return config
    }

    @Test("Any text at any small configuration becomes pages or a refusal", arguments: RenderConfig.Layout.allCases)
    func randomDocuments(layout: RenderConfig.Layout) throws {
        var generator = SplitMix64(state: 20 * UInt64(fuzzFactor))
        for _ in 0..<150 * fuzzFactor {
            let config = try config(layout, &generator)
            let text = text(Int.random(in: 0...400, using: &generator), &generator)
            try render(text, config, pageLimit: 60)
        }
    }

    /// Documents that have broken text engines before.
    private static let hostile: [String: String] = [
        "combining marks": "e" + String(repeating: "\u{301}", count: 1_000_000),
        "bidi controls": String(repeating: "\u{202E}\u{2067}a\u{202A}\u{2066}א", count: 3000),
        "unclosed isolates": String(repeating: "\u{2068}", count: 5000) + "end",
        "joiners": String(repeating: "👩\u{200D}", count: 4000),
        "flags": String(repeating: "🇩", count: 6001),
        "nuls": String(repeating: "\0", count: 4000),
        "carriage returns": String(repeating: "\r", count: 3000) + String(repeating: "\r\n", count: 3000),
        "separators": String(repeating: "\u{2028}\u{2029}\u{85}\u{B}\u{C}", count: 1500),
        "no-break spaces": String(repeating: "\u{A0}", count: 20_000),
        "tags": String(repeating: "\u{E0001}\u{E007F}", count: 4000),
        "one line": String(repeating: "gulls argued over the fish crates ", count: 30_000),
        "one word": String(repeating: "gulls", count: 40_000),
        "one Chinese line": String(repeating: "清晨的港口比小城醒得更早。", count: 8000),
        "entities": String(repeating: "<&>", count: 8000),
    ]

    @Test(
        "Hostile documents become pages or a refusal",
        arguments: RenderConfig.Layout.allCases,
        hostile.keys.sorted()
    )
    func hostileDocuments(layout: RenderConfig.Layout, name: String) throws {
        let text = SourceText(try #require(Self.hostile[name]))
        var config = try smallConfig(layout)
        (config.pageWidth, config.pageHeight, config.fontSize, config.lineHeight) = (600, 800, 6, 7)
        try render(text, config, pageLimit: 4)
    }
}
