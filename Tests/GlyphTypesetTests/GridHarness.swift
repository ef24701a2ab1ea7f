// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage

@testable import GlyphTypeset

/// Builds small grid layouts and reads them back as text.
struct GridHarness {
    var config: RenderConfig

    /// Pages of `columns` × `rows` cells of 7×14 px; both must fill whole visual tokens (4 columns, 2 rows).
    init(columns: Int = 20, rows: Int = 2) throws {
        config = try Preset.dense.configuration()
        (config.pageWidth, config.pageHeight) = (Double(columns * 7), Double(rows * 14))
        config.fontFallback = [try FontLibrary.dejaVuSans()]  // results must not depend on installed fonts
    }

    func layouter(_ text: String, tokenCounter: Typesetter.TokenCounter? = nil) throws -> GridLayouter {
        try GridLayouter(text: SourceText(text), config: config, tokenCounter: tokenCounter)
    }

    func pages(_ text: String, tokenCounter: Typesetter.TokenCounter? = nil) throws -> [PageLayout] {
        try pages(SourceText(text), tokenCounter: tokenCounter)
    }

    func pages(_ text: SourceText, tokenCounter: Typesetter.TokenCounter? = nil) throws -> [PageLayout] {
        var layouter = try GridLayouter(text: text, config: config, tokenCounter: tokenCounter)
        var pages: [PageLayout] = []
        while let page = try layouter.nextPage() { pages.append(page) }
        return pages
    }

    /// What the main font's glyphs on a page say, row by row, with a space for every cell without one.
    func rows(of page: PageLayout) throws -> [String] {
        let face = try FontFace(config.font)
        var characters: [UInt32: Character] = [:]
        for code in Array(0x21...0x17F) + [0xB6, 0x2192] {
            guard let scalar = Unicode.Scalar(code) else { continue }
            characters[face.glyph(for: scalar.value)] = Character(scalar)
        }
        let columns = page.width / config.cellWidth
        return page.lines.map { line in
            var cells = Array(repeating: Character(" "), count: columns)
            for glyph in page.glyphs where (line.y..<line.y + line.height).contains(glyph.y) {
                cells[Int(glyph.quarterX) / 4 / config.cellWidth] = characters[glyph.glyph] ?? "?"
            }
            let text = String(cells)
            return String(text.reversed().drop { $0 == " " }.reversed())
        }
    }
}
