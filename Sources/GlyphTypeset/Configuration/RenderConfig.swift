// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

public import GlyphPage

/// How text becomes pages: the 23 keys of the official renderer and our own, validated.
///
/// Lengths are in points (1/72 inch) unless a key says otherwise; see `docs/rendering.md` for the table of keys.
/// The official keys and their defaults are those of the published renderer (`scripts/word2png_function.py`).
public struct RenderConfig: Sendable, Equatable {
    /// Which typesetter lays the text out.
    public enum Layout: String, Sendable, CaseIterable {
        /// The official pipeline's layout, reproduced to the pixel.
        case official
        /// Shaped and broken by the Unicode algorithms.
        case unicode
        /// Monospaced cells on the reader's patch grid.
        case grid
    }

    public enum Alignment: String, Sendable, CaseIterable {
        case left = "LEFT"
        case center = "CENTER"
        case right = "RIGHT"
        case justify = "JUSTIFY"
    }

    /// Whether hard-wrapped paragraphs are joined before layout.
    public enum Reflow: String, Sendable, CaseIterable { case auto, on, off }

    /// The pixel format of the PNG files.
    public enum ImageFormat: String, Sendable, CaseIterable {
        /// Grey when every colour is grey, else a palette.
        case auto
        /// One bit a pixel, thresholded at half coverage.
        case bilevel
        /// Three bytes a pixel, always.
        case rgb
    }

    // MARK: Official keys

    public var pageWidth: Double = 595.275590551181  // A4, as reportlab rounds it
    public var pageHeight: Double = 841.8897637795275
    public var dpi: Double = 72
    public var marginX: Double = 20
    public var marginY: Double = 20
    public var font: FontFile
    public var fontSize: Double = 9
    public var lineHeight: Double = 10
    public var fontColor = Color.black
    public var alignment = Alignment.justify
    public var horizontalScale: Double = 1
    public var firstLineIndent: Double = 0
    public var leftIndent: Double = 0
    public var rightIndent: Double = 0
    public var spaceAfter: Double = 0
    public var spaceBefore: Double = 0
    public var borderWidth: Double = 0
    public var borderPadding: Double = 0
    public var pageBackground = Color.white
    public var paragraphBackground = Color.white
    public var paragraphBorder = Color.white
    public var autoCropWidth = false
    public var autoCropLastPage = false
    public var newlineMarkup = NewlineMarkup.lineBreak

    // MARK: Our keys

    public var layout = Layout.official
    /// Fonts asked, in order, for characters that `font` lacks; nil means those installed (`FontLibrary`).
    public var fontFallback: [FontFile]?
    public var reflow = Reflow.off
    public var imageFormat = ImageFormat.auto
    /// The grid layout's cell in pixels.
    public var cellWidth = 7
    public var cellHeight = 14
    /// Shown at every line end of the source by the grid layout; empty for none.
    public var newlineMark = "¶"
    /// Whether the grid layout shows a run of spaces and tabs as one empty cell.
    public var collapseSpaces = false
    public var lineNumbers = false
    /// Cells, or widths of a space, that stay empty at the start of a row that goes on with a source line.
    public var hangingIndent = 0
    /// Columns to the next tab stop, in the unicode and grid layouts.
    public var tabWidth = 4
    /// A page ends before it holds more text tokens than this; nil for no limit.
    public var pageTextTokens: Int?

    /// The official renderer's defaults with a font, for which it has none.
    public init(font: FontFile) {
        self.font = font
    }

    /// The page in pixels: points × dpi / 72, rounded up as pdftoppm does.
    ///
    /// The official layout rounds the points as the PDF file does first (`OfficialPageBuilder`).
    public var pixelWidth: Int { Self.pixels(pageWidth, dpi) }
    public var pixelHeight: Int { Self.pixels(pageHeight, dpi) }

    private static func pixels(_ points: Double, _ dpi: Double) -> Int {
        Int((points * (dpi / 72)).rounded(.up))
    }

    /// Pixels per point.
    public var scale: Double { dpi / 72 }
}

/// What the official renderer puts between two source lines (`newline-markup`).
///
/// reportlab accepts a whole mark-up language here; the two forms in use are supported and others are refused.
public enum NewlineMarkup: Sendable, Equatable {
    /// `<br/>`: the line ends.
    case lineBreak
    /// `<font color="#RRGGBB">text</font>` or plain text: the text stands in the running line.
    case text(String, color: Color?)
}
