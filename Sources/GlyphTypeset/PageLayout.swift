// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

public import GlyphPage

/// Everything a page shows, positioned in whole and quarter pixels; the input of the rasteriser.
public struct PageLayout: Sendable {
    /// The page number, counted from 1.
    public var number: Int
    /// The canvas in pixels, before cropping.
    public var width: Int
    public var height: Int
    /// The colour of the empty page.
    public var background: Color
    /// Whether what no rectangle covers is transparent while it is drawn, and lies on white only in the end: poppler's pages.
    public var isTransparent = false
    /// Filled rectangles in painting order, interleaved with the glyphs by `paintedBefore`.
    public var rectangles: [FilledRectangle] = []
    /// Glyphs in painting order.
    public var glyphs: [PlacedGlyph] = []
    /// The text colours that `PlacedGlyph.color` indexes.
    public var palette: [Color]
    /// The fonts that `PlacedGlyph.font` indexes, in sizes and with their transforms.
    public var fonts: [FontInstance]
    /// One entry per visible line, top to bottom.
    public var lines: [LineBox] = []
    /// The bytes of the document this page shows.
    public var source: SourceRange
    /// What the page could not show.
    public var losses = Losses()
    /// How the finished raster is trimmed.
    public var crop: Crop
    /// The factor by which the finished raster is resampled horizontally (bicubic), before cropping; 1 leaves it.
    public var horizontalScale: Double

    public init(
        number: Int,
        width: Int,
        height: Int,
        background: Color,
        palette: [Color],
        fonts: [FontInstance],
        source: SourceRange,
        crop: Crop = Crop(),
        horizontalScale: Double = 1
    ) {
        self.number = number
        self.width = width
        self.height = height
        self.background = background
        self.palette = palette
        self.fonts = fonts
        self.source = source
        self.crop = crop
        self.horizontalScale = horizontalScale
    }
}

/// One glyph at its pen position.
public struct PlacedGlyph: Sendable, Equatable {
    /// The glyph's index in its font.
    public var glyph: UInt32
    /// An index into `PageLayout.fonts`.
    public var font: UInt16
    /// An index into `PageLayout.palette`.
    public var color: UInt16
    /// The pen's x in quarter pixels; the rasteriser keeps the fraction (poppler's `splashFontFraction`).
    public var quarterX: Int32
    /// The baseline's y in whole pixels, counted downwards from the top of the page.
    public var y: Int32

    public init(glyph: UInt32, font: UInt16, color: UInt16, quarterX: Int32, y: Int32) {
        self.glyph = glyph
        self.font = font
        self.color = color
        self.quarterX = quarterX
        self.y = y
    }
}

/// A rectangle of one colour, half-open in pixels.
public struct FilledRectangle: Sendable, Equatable {
    public var minX: Int
    public var minY: Int
    public var maxX: Int
    public var maxY: Int
    public var color: Color
    /// How much of what lies beneath it hides, of 255.
    public var coverage: UInt8
    /// The index of the glyph before which the rectangle is painted; later glyphs cover it, earlier ones lie beneath.
    public var paintedBefore: Int

    public init(
        minX: Int,
        minY: Int,
        maxX: Int,
        maxY: Int,
        color: Color,
        coverage: UInt8 = 255,
        paintedBefore: Int = 0
    ) {
        self.minX = minX
        self.minY = minY
        self.maxX = maxX
        self.maxY = maxY
        self.color = color
        self.coverage = coverage
        self.paintedBefore = paintedBefore
    }
}

/// Where a line of text is on the page and in the document.
public struct LineBox: Sendable, Equatable {
    /// The bytes of the document that the line shows.
    public var source: SourceRange
    /// The line's box in pixels, before cropping.
    public var x: Int32
    public var y: Int32
    public var width: Int32
    public var height: Int32

    public init(source: SourceRange, x: Int32, y: Int32, width: Int32, height: Int32) {
        self.source = source
        self.x = x
        self.y = y
        self.width = width
        self.height = height
    }
}

/// Characters of the source that a page does not show as themselves.
public struct Losses: Sendable, Equatable {
    /// Characters for which no font in the chain has a glyph, by code point.
    public var missing: [Unicode.Scalar: Int] = [:]
    /// Lines that reach beyond the page.
    public var clippedLines = 0
    /// Code points left out on purpose (the official pipeline deletes U+00AD and U+200B).
    public var dropped = 0

    public init() {}

    /// The number of characters without a glyph.
    public var missingCount: Int { missing.values.reduce(0, +) }

    public var isEmpty: Bool { missing.isEmpty && clippedLines == 0 && dropped == 0 }

    public static func += (left: inout Losses, right: Losses) {
        left.missing.merge(right.missing, uniquingKeysWith: +)
        left.clippedLines += right.clippedLines
        left.dropped += right.dropped
    }
}

/// The trimming that the official renderer applies after rasterising (`auto-crop-width`, `auto-crop-last-page`).
public struct Crop: Sendable, Equatable {
    /// Pixels to keep right of the last inked column, or nil to keep the full width.
    public var rightMargin: Double?
    /// Pixels to keep from the last inked row on, or nil to keep the full height.
    public var bottomMargin: Double?

    public init(rightMargin: Double? = nil, bottomMargin: Double? = nil) {
        self.rightMargin = rightMargin
        self.bottomMargin = bottomMargin
    }
}

/// Produces pages one at a time, so that memory does not grow with the document.
///
/// The output is a function of the text, the configuration and the fonts only.
public protocol PageLayouter {
    /// The next page, or nil after the last one. The first page exists even for an empty text.
    mutating func nextPage() throws -> PageLayout?
}
