// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage
import Testing

@testable import GlyphTypeset

/// Whether ICU is the version whose break rules `ASCIIBreaks` follows, Debian 12's.
let hasICU72 = LibraryVersions.icu == "72"

/// A page of 300 × 200 pixels in the shipped font alone, so that results do not depend on the machine.
func smallConfig() throws -> RenderConfig {
    var config = RenderConfig(font: try FontLibrary.dejaVuSans())
    config.layout = .unicode
    (config.pageWidth, config.pageHeight) = (300, 200)
    (config.marginX, config.marginY) = (10, 10)
    config.alignment = .left
    config.fontFallback = []
    return config
}

func pages(
    _ text: String,
    _ config: RenderConfig,
    options: LayoutOptions = LayoutOptions(),
    tokenCounter: Typesetter.TokenCounter? = nil
) throws -> [PageLayout] {
    var layouter = try UnicodeLayouter(
        text: SourceText(text),
        config: config,
        tokenCounter: tokenCounter,
        options: options
    )
    var pages: [PageLayout] = []
    while let page = try layouter.nextPage() { pages.append(page) }
    return pages
}

/// The text of every line, for comparing breaks.
func lines(_ text: String, _ config: RenderConfig) throws -> [String] {
    let bytes = Array(text.utf8)
    return try pages(text, config).flatMap(\.lines).map {
        String(decoding: bytes[$0.source.lowerBound..<$0.source.upperBound], as: UTF8.self)
    }
}

/// Expects that lines partition their page and pages partition the text.
func expectPartition(
    _ pages: [PageLayout],
    of count: Int,
    sourceLocation: SourceLocation = #_sourceLocation
) {
    var next = 0
    for page in pages {
        #expect(page.source.lowerBound == next, sourceLocation: sourceLocation)
        for line in page.lines {
            guard line.source.lowerBound == next, line.source.count > 0 else {
                Issue.record("a line covers \(line.source) after byte \(next)", sourceLocation: sourceLocation)
                return
            }
            next = line.source.upperBound
        }
        #expect(page.source.upperBound == next, sourceLocation: sourceLocation)
    }
    #expect(next == count, sourceLocation: sourceLocation)
}

/// Text that mixes scripts, controls, marks and line ends without any sense.
func hostileText(_ length: Int, using generator: inout SplitMix64) -> String {
    let pieces = [
        "word", "the quick brown fox", " ", "  ", "\t", "\n", "\r\n", "\r", "\u{85}", "\u{2028}", "\u{2029}", "\u{0C}",
        "-", "/", "(", ")", "\"", "3.14", "$5", "50%", "中文字符", "。", "　", "日本語カタカナ", "한국어", "שלום", "السلام عليكم",
        "ا", "١٢٣", "नमस्ते", "क्षत्रिय", "ภาษาไทยง่าย", "😀", "👨‍👩‍👧", "🇬🇧", "❤️", "e\u{301}", "\u{301}", "a\u{300}\u{301}\u{302}",
        "\0", "\u{1B}", "\u{7F}", "\u{80}", "\u{9F}", "\u{AD}", "\u{200B}", "\u{200D}", "\u{200E}", "\u{200F}",
        "\u{202A}",
        "\u{202B}", "\u{202C}", "\u{202D}", "\u{202E}", "\u{2066}", "\u{2067}", "\u{2068}", "\u{2069}", "\u{FEFF}",
        "\u{FFFE}", "\u{FFFF}", "\u{FFFD}", "\u{E000}", "\u{10FFFF}", "\u{E0041}", "ffi", "AVATAR", "ǆ", "ß",
        "\u{0E33}",
    ]
    var text = ""
    while text.utf8.count < length {
        if Int.random(in: 0..<8, using: &generator) == 0,
            let scalar = Unicode.Scalar(UInt32.random(in: 0..<0x11_0000, using: &generator))
        {
            text.unicodeScalars.append(scalar)
        } else if let piece = pieces.randomElement(using: &generator) {
            text += piece
        }
    }
    return text
}
