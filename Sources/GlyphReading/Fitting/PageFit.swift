// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

public import GlyphTypeset

/// Chooses the page width by the document's length (`--fit auto`).
///
/// Short documents get narrow pages, which a reader resolves best; long ones get wide pages, so that a request does
/// not hold hundreds of images.
public enum PageFit {
    /// Text tokens up to which the narrow page is used, and from which the wide one is.
    static let narrowLimit = 50_000
    static let wideLimit = 100_000
    static let narrowPixels = 1024.0
    static let widePixels = 2048.0

    /// The page width in pixels for a document of that many text tokens; between the limits it grows evenly.
    public static func width(forTextTokens tokens: Int) -> Int {
        let share = Double(tokens - narrowLimit) / Double(wideLimit - narrowLimit)
        return Int(narrowPixels + (widePixels - narrowPixels) * min(1, max(0, share)))
    }

    /// The configuration with pages of that width, and of the same proportions.
    ///
    /// Pages keep their width: they are not cropped to the longest line, and hard-wrapped paragraphs are joined where
    /// the layout allows it, because lines of a narrow text would leave a wide page empty.
    public static func fit(_ config: RenderConfig, toTextTokens tokens: Int) -> RenderConfig {
        var fitted = config
        fitted.pageWidth = Double(width(forTextTokens: tokens)) / config.scale
        fitted.pageHeight = (fitted.pageWidth * config.pageHeight / config.pageWidth).rounded()
        fitted.autoCropWidth = false
        if fitted.layout != .official, fitted.reflow == .off { fitted.reflow = .auto }
        return fitted
    }
}
