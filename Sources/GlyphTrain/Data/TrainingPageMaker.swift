// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Foundation
import GlyphPage
import GlyphRaster
import GlyphTypeset

/// Draws training pages with the product's own renderer, on as many threads as ask.
final class TrainingPageMaker {
    private let font: FontFile
    private let lock = NSLock()
    /// One for each thread that ever drew at the same time; kept for the glyphs that they know.
    private var idle: [PageRasterizer] = []

    init() throws {
        font = try FontLibrary.dejaVuSansMono()
    }

    /// A page that shows `text`, which must not be longer than the page's capacity.
    func page(_ text: [Unicode.Scalar], _ shape: PageShape, _ theme: Theme) throws -> TrainingPage {
        let side = Double(GridGeometry.visualToken)
        var config = RenderConfig(font: font)
        config.layout = .grid
        (config.pageWidth, config.pageHeight) = (Double(shape.columns) * side, Double(shape.rows) * side)
        (config.marginX, config.marginY) = (0, 0)
        (config.cellWidth, config.cellHeight) = (shape.cell.width, shape.cell.height)
        (config.fontColor, config.pageBackground) = (theme.ink, theme.paper)
        config.fontFallback = []
        let string = String(String.UnicodeScalarView(text.prefix(shape.capacity)))
        var layouter = try GridLayouter(text: SourceText(string), config: config)
        guard let layout = try layouter.nextPage(), layout.losses.isEmpty, layout.source.count == string.utf8.count
        else {
            throw InputError(
                at: "training page",
                "a text of \(text.count) characters does not fill its cells one by one",
                expected: "characters of one cell each, at most \(shape.capacity)"
            )
        }
        let image = theme.spoil(try draw(layout))
        return TrainingPage(image, string.utf8, layout, classes: Self.classes(of: text, shape))
    }

    /// A page in a style, with the beginning of `text` that fits on it, white space at its end left out.
    ///
    /// - Parameters:
    ///   - text: What the page is to show; lines may be joined where the style joins lines.
    ///   - style: The page's size and look.
    ///   - isWhole: Whether all of the text has to be there, as it is.
    ///   - theme: What a bad copy did to the page; its colours are not used.
    /// - Returns: Nothing where the text does not fit, or does not show as what it is.
    /// - Throws: `InputError` when a font cannot be opened.
    func page(
        _ text: [Unicode.Scalar],
        in style: PageStyle,
        isWhole: Bool,
        _ theme: Theme
    ) throws -> TrainingPage? {
        var source = Self.source(isWhole ? text : text.trimmed)
        var config = style.config
        if !isWhole { source = Reflow.apply(source, config.reflow).text }
        config.reflow = .off
        // What is cut is laid out again by itself: the page then ends as the last page of a document does.
        for _ in 0..<3 {
            var layouter = try Typesetter.layouter(text: source, config: config)
            guard let layout = try layouter.nextPage(), layout.losses.isEmpty else { return nil }
            if layout.source == SourceRange(0, source.utf8.count) {
                return TrainingPage(theme.spoil(try draw(layout, style)), source.utf8, layout)
            }
            guard !isWhole, layout.source.count > 0 else { return nil }
            let shown = String(decoding: source.utf8.prefix(layout.source.upperBound), as: UTF8.self)
            source = Self.source(Array(shown.unicodeScalars).trimmed)
        }
        return nil
    }

    private static func source(_ text: [Unicode.Scalar]) -> SourceText {
        SourceText(String(String.UnicodeScalarView(text)))
    }

    private func draw(_ layout: PageLayout, _ style: PageStyle) throws -> PageImage {
        func drawn(_ layout: PageLayout) throws -> PageImage {
            let image = try draw(layout)
            guard style.zoom > 1 else { return image }
            return image.dotted(style.config.fontColor, on: style.config.pageBackground, side: style.zoom)
        }
        let image = try drawn(layout)
        // The image processor rounds to whole visual tokens, which would squeeze or stretch a small rest visibly.
        let least = 4 * GridGeometry.visualToken
        guard layout.crop != Crop(), image.width < least || image.height < least else { return image }
        var whole = layout
        whole.crop = Crop()
        return try drawn(whole)
    }

    private func draw(_ layout: PageLayout) throws -> PageImage {
        let rasterizer = lock.withLock { idle.popLast() } ?? PageRasterizer()
        defer { lock.withLock { idle.append(rasterizer) } }
        return try rasterizer.image(of: layout)
    }

    /// Sorts the cells, which the text fills row by row, by visual token.
    static func classes(of text: [Unicode.Scalar], _ shape: PageShape) -> [Int64] {
        let cell = shape.cell
        let cellColumns = shape.columns * cell.columnsPerToken
        var classes = [Int64](repeating: Int64(GlyphClasses.blank), count: shape.capacity)
        for (index, scalar) in text.prefix(shape.capacity).enumerated() {
            let (row, column) = index.quotientAndRemainder(dividingBy: cellColumns)
            let token = row / cell.rowsPerToken * shape.columns + column / cell.columnsPerToken
            let place = row % cell.rowsPerToken * cell.columnsPerToken + column % cell.columnsPerToken
            classes[token * cell.perToken + place] = Int64(GlyphClasses.index(of: scalar) ?? GlyphClasses.blank)
        }
        return classes
    }
}

extension TrainingPage {
    fileprivate init(_ image: PageImage, _ text: some Sequence<UInt8>, _ layout: PageLayout, classes: [Int64] = []) {
        self.init(
            image: image,
            text: Array(text),
            classes: classes,
            lines: layout.lines.map { $0.source.lowerBound..<$0.source.upperBound }.filter { !$0.isEmpty }
        )
    }
}
