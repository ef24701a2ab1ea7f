// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Foundation
import GlyphPage
import Testing

@testable import GlyphTypeset

@Suite struct OfficialLayouterTests {
    private static let texts = [
        "empty": "",
        "word": "one",
        "newlines": "\n\n\n",
        "lines": String(repeating: "Gulls argued over the crates.\n", count: 200),
        "line": String(repeating: "Gulls argued over the crates. ", count: 200),
        "long word": String(repeating: "gulls", count: 900),
        "Chinese": String(repeating: "清晨的港口比小城醒得更早。", count: 120),
        "deleted": String(repeating: "\u{AD}", count: 50) + "x \u{200B}",
    ]

    @Test(
        "The pages' source ranges follow each other from the first byte to the last",
        arguments: texts.keys.sorted()
    )
    func sourceRangesPartitionTheText(name: String) throws {
        let text = try #require(Self.texts[name])
        let pages = try layouts(text, smallConfig())
        var end = 0
        for (index, page) in pages.enumerated() {
            #expect(page.number == index + 1)
            #expect(page.source.lowerBound == end)
            end = page.source.upperBound
            for line in page.lines {
                #expect(line.source.lowerBound >= page.source.lowerBound && line.source.upperBound <= end)
            }
        }
        #expect(end == text.utf8.count)
    }

    @Test(
        "Lines end behind whole characters and do not overlap, whatever white space or mark for a newline they end with",
        arguments: ["中文字。\u{3000}\n下一行\n", "中\u{3000}\n\n\n文", "中文\u{2003}\n\u{2029}文\u{85} 字", "中\n中\n中\n"],
        [NewlineMarkup.lineBreak, .text(" \\n 中文字中文字中文字中文字中文字中文字 ", color: nil)]
    )
    func linesEndBehindCharacters(text: String, markup: NewlineMarkup) throws {
        var config = try smallConfig()
        config.newlineMarkup = markup
        let bytes = Array(text.utf8)
        var last = 0
        for line in try layouts(text, config).flatMap(\.lines) {
            #expect(line.source.lowerBound >= last && line.source.upperBound >= line.source.lowerBound)
            for bound in [line.source.lowerBound, line.source.upperBound] where bound < bytes.count {
                #expect(bytes[bound] & 0xC0 != 0x80, "\(bound)")
            }
            last = line.source.upperBound
        }
        #expect(last > 0)
    }

    @Test(
        "Breaking a long paragraph window by window changes no page",
        arguments: [
            "Gulls argued over the crates. ", "salt & rope <b>  ", "x ", String(repeating: "y", count: 300) + " ",
        ],
        [RenderConfig.Alignment.left, .justify]
    )
    func windowsChangeNothing(word: String, alignment: RenderConfig.Alignment) throws {
        var config = try smallConfig()
        config.alignment = alignment
        // Words longer than a line need no more of them to fill pages.
        let count = word.count > 100 ? 40 : 400
        let text = "first line\n" + String(repeating: word, count: count) + "\nlast line"
        try expectSamePages(text, config, windows: [1, 7, 100])
    }

    @Test(
        "Breaking only what a page shows of a line that fills many changes no page",
        arguments: [
            "one " + String(repeating: "gulls", count: 300) + " two", String(repeating: "a&b", count: 400) + " end",
            String(repeating: "清晨的港口比小城醒得更早。", count: 60), String(repeating: "清晨 harbour 的港口，", count: 60),
            String(repeating: "清晨的港口<i>", count: 80),
            String(repeating: "x", count: 900) + "\n" + String(repeating: "y", count: 900),
        ],
        [RenderConfig.Alignment.left, .justify]
    )
    func longLinesChangeNothing(text: String, alignment: RenderConfig.Alignment) throws {
        var config = try smallConfig()
        (config.alignment, config.firstLineIndent) = (alignment, 14)
        try expectSamePages(text, config, windows: [1, OfficialParagraph.defaultWindowSize])
    }

    @Test(
        "A paragraph over several pages is broken once, which changes no page",
        arguments: [
            (RenderConfig.Alignment.left, 1), (.left, 4), (.justify, 2), (.justify, 9), (.center, 3), (.right, 5),
        ]
    )
    func longParagraphsChangeNothing(alignment: RenderConfig.Alignment, seed: Int) throws {
        var config = try smallConfig()
        (config.alignment, config.firstLineIndent) = (alignment, 14)
        // Source lines of 0 to 24 words, a few of which are too long for a line, so that pages end within and after them.
        var state = seed
        func next(_ limit: Int) -> Int {
            state = (state &* 1_103_515_245 &+ 12_345) & 0x7FFF_FFFF
            return state / 65_536 % limit
        }
        let lines = (0..<240).map { _ in
            (0..<next(25)).map { _ in
                next(400) == 0
                    ? String(repeating: "x", count: 60)
                    : ["gulls", "argued", "over", "a", "& fish", "crates,", "quay"][next(7)]
            }.joined(separator: " ")
        }
        try expectSamePages(lines.joined(separator: "\n"), config, windows: [OfficialParagraph.defaultWindowSize])
    }

    /// Compares with pages that are broken as reportlab does it.
    private func expectSamePages(_ text: String, _ config: RenderConfig, windows: [Int]) throws {
        func pages(_ windowSize: Int) throws -> [PageLayout] {
            var layouter = try OfficialLayouter(text: SourceText(text), config: config, windowSize: windowSize)
            var pages: [PageLayout] = []
            while let page = try layouter.nextPage() { pages.append(page) }
            return pages
        }
        let whole = try pages(.max)
        #expect(whole.count > 1)
        for size in windows {
            let windowed = try pages(size)
            #expect(windowed.map(\.glyphs) == whole.map(\.glyphs))
            #expect(windowed.map(\.lines) == whole.map(\.lines))
            #expect(windowed.map(\.rectangles) == whole.map(\.rectangles))
        }
    }

    @Test("Pages and lines end where characters do, also where spaces and newlines became others")
    func ranges() throws {
        var config = try smallConfig()
        config.newlineMarkup = .text("↵", color: nil)
        let texts = ["abc  ", "one  \ntwo", String(repeating: "中文字符测试文  字中\n", count: 200)]
        for text in texts {
            let bytes = Array(text.utf8)
            let pages = try layouts(text, config)
            var end = 0
            for page in pages {
                #expect(page.source.lowerBound == end)
                end = page.source.upperBound
                for line in page.lines {
                    let range = line.source.lowerBound..<line.source.upperBound
                    try #require(range.upperBound <= bytes.count)
                    let shown = bytes[range]
                    #expect(String(validating: shown, as: UTF8.self) != nil, "\(line.source)")
                }
            }
            #expect(end == bytes.count)
        }
    }

    @Test("Chinese text in a line that is narrower than a character and a space is refused: its pages would never end")
    func narrowChinese() throws {
        var config = try smallConfig()
        (config.pageWidth, config.marginX, config.fontSize) = (30, 5, 9)
        let error = #expect(throws: InputError.self) { try layouts("中文字符", config) }
        #expect(error?.location == "page-size")
        #expect(throws: Never.self) { try layouts("ab", config) }
    }

    @Test("Pages are made one at a time and end with nil")
    func pagesAreStreamed() throws {
        let text = SourceText(String(repeating: "rope, salt and quiet jokes\n", count: 400))
        var layouter = try OfficialLayouter(text: text, config: smallConfig())
        let first = try #require(try layouter.nextPage())
        #expect(first.source.upperBound < text.utf8.count / 10)
        while try layouter.nextPage() != nil {}
        #expect(try layouter.nextPage() == nil)
    }

    @Test("What the published renderer deletes or cannot draw is counted")
    func lossesAreCounted() throws {
        let page = try #require(try layouts("a\u{AD}b\u{200B} \u{E000} \u{E000} \u{E001}", smallConfig()).first)
        #expect(page.losses.dropped == 2)
        #expect(page.losses.missing == ["\u{E000}": 2, "\u{E001}": 1])
    }

    @Test("A page on which no text fits is refused, not drawn empty")
    func tooSmallPagesAreRefused() throws {
        var narrow = try smallConfig()
        (narrow.pageWidth, narrow.marginX, narrow.fontSize) = (30, 10, 9)
        #expect(throws: InputError.self) { try layouts("word", narrow) }
        var low = try smallConfig()
        (low.pageHeight, low.marginY) = (40, 10)
        let error = #expect(throws: InputError.self) { try layouts("one\ntwo\nthree", low) }
        #expect(error?.description.contains("line-height") == true)
    }

    @Test("A font that is not a font is refused by name")
    func damagedFontIsRefused() throws {
        var config = try smallConfig()
        config.font = FontFile(path: #filePath)
        let error = #expect(throws: InputError.self) { try layouts("word", config) }
        #expect(error?.location == #filePath)
    }
}

@Suite struct PDFNumberTests {
    @Test("Numbers are printed as reportlab prints them")
    func formatEqualsReportlab() throws {
        let rows = try JSONSerialization.jsonObject(with: Data(try fixture("numbers.json"))) as? [[Any]]
        let values = try #require(rows)
        #expect(values.count > 300)
        for row in values {
            let value = try #require((row[0] as? NSNumber)?.doubleValue)
            #expect(PDFNumber.format(value) == row[1] as? String, "\(value)")
        }
    }

    @Test("Numbers are read digit by digit, with the rounding that brings")
    func parseAddsDigits() {
        #expect(PDFNumber.parse("12") == 12)
        #expect(PDFNumber.parse("-.5") == -0.5)
        #expect(PDFNumber.parse("0") == 0)
        #expect(PDFNumber.parse("762.6904") == 762.690_400_000_000_1)
        #expect(PDFNumber.parse(".228102") == 0.228_102_000_000_000_03)
        #expect(PDFNumber.parse(".763848") == 0.763_848_000_000_000_2)
    }

    @Test("Whole numbers survive the file, others stay within its precision")
    func writtenIsClose() {
        var generator = SplitMix64(state: 3)
        for _ in 0..<2000 {
            let value = Double.random(in: -2000...2000, using: &generator)
            #expect(abs(PDFNumber.written(value) - value) <= max(1e-6, abs(value) * 1e-5))
            #expect(PDFNumber.written(value.rounded()) == value.rounded())
        }
    }
}
