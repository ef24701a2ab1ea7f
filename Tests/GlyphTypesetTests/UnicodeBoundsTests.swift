// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage
import Testing

@testable import GlyphTypeset

@Suite struct UnicodeBoundsTests {
    /// Lays a text out without keeping its pages, and checks that lines follow each other without a gap.
    private func expectFinishes(_ text: String, atMost limit: Duration) throws {
        let count = text.utf8.count
        let time = try ContinuousClock().measure {
            var layouter = try UnicodeLayouter(text: SourceText(text), config: smallConfig())
            var next = 0
            while let page = try layouter.nextPage() {
                for line in page.lines {
                    guard line.source.lowerBound == next else {
                        Issue.record("a gap at byte \(next)")
                        return
                    }
                    next = line.source.upperBound
                }
            }
            #expect(next == count)
        }
        #expect(time < limit)
    }

    @Test("A line of ten megabytes is laid out")
    func longLine() throws {
        try expectFinishes(String(repeating: "The quick brown fox jumps. ", count: 370_000), atMost: .seconds(240))
    }

    @Test(
        "Text made to be slow is not",
        arguments: [
            String(repeating: "x", count: 300_000), String(repeating: " ", count: 300_000),
            String(repeating: "\t", count: 300_000), String(repeating: "\0", count: 30_000),
            String(repeating: "\u{200D}", count: 100_000), String(repeating: "ب", count: 100_000),
            String(repeating: "中", count: 100_000), String(repeating: "\u{2067}a", count: 50_000),
            String(repeating: "\u{202E}(", count: 50_000), String(repeating: "[", count: 100_000),
            String(repeating: "א(", count: 50_000), String(repeating: "\u{2066}", count: 100_000),
            String(repeating: "👨‍", count: 20_000), String(repeating: "ก", count: 30_000),
        ]
    )
    func slowText(text: String) throws {
        try expectFinishes(text, atMost: .seconds(60))
    }

    @Test("Bidirectional controls nested at random are laid out", arguments: 0..<4)
    func nestedControls(seed: Int) throws {
        var generator = SplitMix64(state: UInt64(seed))
        let pieces = "א ا ( ) a 1 \u{2066} \u{2067} \u{2068} \u{2069} \u{202A} \u{202B} \u{202C} \u{202E}".split(
            separator: " "
        )
        let text = (0..<20_000).compactMap { _ in pieces.randomElement(using: &generator) }.joined()
        try expectFinishes(text, atMost: .seconds(60))
    }

    @Test("A million accents on one letter are laid out")
    func accents() throws {
        try expectFinishes("e" + String(repeating: "\u{301}", count: 1_000_000), atMost: .seconds(240))
    }

    @Test("A paragraph analysed in windows is set as one analysed whole")
    func windows() throws {
        let latin = String(repeating: "The quick brown fox, well-known to all, jumps over “lazy” dogs. ", count: 600)
        let arabic = String(repeating: "السلام عليكم يا Swift 6 أهلا وسهلا. ", count: 600)
        let chinese = String(repeating: "敏捷的棕色狐狸（大家都知道）跳过懒狗。", count: 600)
        for text in [latin, arabic, chinese] {
            let small = LayoutOptions(windowLimit: 4096)
            let whole = LayoutOptions(windowLimit: 1 << 20)
            try expectEqual(pages(text, smallConfig(), options: small), pages(text, smallConfig(), options: whole))
        }
    }

    @Test("The same input makes the same pages")
    func determinism() throws {
        var generator = SplitMix64(state: 3)
        let text = hostileText(5000, using: &generator)
        try expectEqual(pages(text, smallConfig()), pages(text, smallConfig()))
    }
}
