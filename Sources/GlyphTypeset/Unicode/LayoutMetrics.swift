// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage

/// The geometry of a page in pixels.
///
/// The frame is the page without its margins; unlike the official layout there are no 6 points of padding inside.
struct LayoutMetrics {
    var pageWidth: Int
    var pageHeight: Int
    var pixelsPerEm: Double
    var lineHeight: Double
    /// From the top of a line's box to its baseline: ascent and descent of the main font stand centred in the box.
    var baseline: Double
    /// The edges of the text, indents not counted and the line numbers' gutter left out.
    var left: Double
    var right: Double
    var top: Double
    var bottom: Double
    var leftIndent: Double
    var rightIndent: Double
    var firstLineIndent: Double
    var spaceBefore: Double
    var spaceAfter: Double
    var space: Double
    /// From one tab stop to the next.
    var tabStop: Double
    /// The right edge of the line numbers, when there are any.
    var numbersRight: Double?

    /// Measures a page.
    ///
    /// - Parameters:
    ///   - config: the lengths, in points.
    ///   - font: the main font.
    ///   - lineNumberDigits: the digits of the largest line number, or nil for no gutter.
    /// - Throws: `InputError` when the gutter leaves no room for text.
    init(config: RenderConfig, font: ShapingFont, lineNumberDigits: Int?) throws {
        let scale = config.scale
        pageWidth = config.pixelWidth
        pageHeight = config.pixelHeight
        pixelsPerEm = config.fontSize * scale
        lineHeight = config.lineHeight * scale
        let (ascent, descent) = font.extents
        baseline = (lineHeight + (ascent - descent) * pixelsPerEm) / 2
        left = config.marginX * scale
        right = Double(pageWidth) - config.marginX * scale
        top = config.marginY * scale
        bottom = Double(pageHeight) - config.marginY * scale
        leftIndent = config.leftIndent * scale
        rightIndent = config.rightIndent * scale
        firstLineIndent = config.firstLineIndent * scale
        spaceBefore = config.spaceBefore * scale
        spaceAfter = config.spaceAfter * scale
        space = (font.advance(of: 0x20) ?? 0.25) * pixelsPerEm
        tabStop = Double(max(config.tabWidth, 1)) * max(space, 1)
        if let digits = lineNumberDigits {
            let digit = (font.advance(of: 0x30) ?? 0.5) * pixelsPerEm
            numbersRight = left + Double(digits) * digit
            left += Double(digits + 2) * digit
        }
        // However narrow the page, half of a line is left.
        let hanging = min(Double(config.hangingIndent) * space, width(isFirst: false) / 2)
        (leftIndent, firstLineIndent) = (leftIndent + hanging, firstLineIndent - hanging)
        guard width(isFirst: true) > pixelsPerEm / 2, width(isFirst: false) > pixelsPerEm / 2 else {
            throw InputError(
                at: lineNumberDigits == nil ? "margin-x" : "line-numbers",
                "leaves no room for text",
                expected: "a page wide enough for its margins, indents and line numbers"
            )
        }
    }

    /// The room for the text of a line, in pixels.
    func width(isFirst: Bool) -> Double {
        right - left - leftIndent - rightIndent - (isFirst ? firstLineIndent : 0)
    }

    /// Where the pen stands after a tab, measured from the paragraph's start edge.
    func afterTab(_ pen: Double) -> Double {
        // The guard keeps a pen that stands on a stop up to rounding from stopping there again.
        ((pen / tabStop + 1e-6).rounded(.down) + 1) * tabStop
    }
}
