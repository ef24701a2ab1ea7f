// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage

/// Named configurations that need no file.
public enum Preset: String, CaseIterable, Sendable {
    case `default`
    case glyphEnglish = "glyph-en"
    case glyphChinese = "glyph-zh"
    case readable
    case dark
    case code
    case dense
    case nano

    /// The preset with a name.
    ///
    /// - Parameters:
    ///   - name: What was given.
    ///   - location: Where, for the error.
    /// - Returns: The preset.
    /// - Throws: `InputError` for every other name.
    package static func named(_ name: String, at location: String) throws -> Preset {
        if let preset = Preset(rawValue: name) { return preset }
        throw InputError(
            at: location,
            "\"\(name)\" is unknown",
            expected: allCases.map(\.rawValue).joined(separator: ", ")
        )
    }

    /// What the preset is for, in one line.
    public var summary: String {
        switch self {
        case .default: "any language; the geometry of glyph-en, shaped and broken by the Unicode algorithms"
        case .glyphEnglish: "the published English configuration, pixel for pixel (DejaVu Sans for Verdana)"
        case .glyphChinese: "the published Chinese configuration"
        case .readable: "1920×2560 portrait, monospaced 13 pt, light on dark, at most 2000 text tokens a page"
        case .dark: "light text on a dark page, otherwise as default"
        case .code: "source code: monospaced, line numbers, no reflow"
        case .dense: "7×14 px cells on the reader's patch grid, no wasted space"
        case .nano: "as dense, on the small pages that the embedded reader was trained on"
        }
    }

    /// The preset's configuration.
    ///
    /// - Throws: `InputError` when a font it needs is not installed.
    public func configuration() throws -> RenderConfig {
        switch self {
        case .default: return try Self.published(font: FontLibrary.dejaVuSans(), layout: .unicode)
        case .glyphEnglish: return try Self.published(font: FontLibrary.dejaVuSans(), layout: .official)
        case .glyphChinese: return try Self.published(font: FontLibrary.cjk(), layout: .official)
        case .readable:
            var config = RenderConfig(font: try FontLibrary.dejaVuSansMono())
            config.layout = .unicode
            (config.pageWidth, config.pageHeight, config.dpi) = (960, 1280, 144)
            (config.marginX, config.marginY) = (40, 40)
            (config.fontSize, config.lineHeight) = (13, 19.5)
            config.alignment = .left
            (config.fontColor, config.pageBackground) = (Self.lightInk, Self.darkPaper)
            config.paragraphBackground = Self.darkPaper
            config.pageTextTokens = 2000
            return config
        case .dark:
            var config = try Preset.default.configuration()
            (config.fontColor, config.pageBackground) = (Self.lightInk, Self.darkPaper)
            config.paragraphBackground = Self.darkPaper
            return config
        case .code:
            var config = try Self.published(font: FontLibrary.dejaVuSansMono(), layout: .unicode)
            config.lineNumbers = true
            return config
        case .dense:
            var config = RenderConfig(font: try FontLibrary.dejaVuSansMono())
            config.layout = .grid
            (config.pageWidth, config.pageHeight) = (588, 840)  // 21 × 30 visual tokens of 28 px
            (config.marginX, config.marginY) = (0, 0)
            config.alignment = .left
            config.reflow = .auto
            config.autoCropLastPage = true
            return config
        case .nano:
            var config = try Preset.dense.configuration()
            (config.pageWidth, config.pageHeight) = (224, 112)  // 8 × 4 visual tokens, 32 columns and 8 rows of text
            config.autoCropLastPage = false  // it knows pages of this size only
            config.collapseSpaces = true  // its texts had single spaces
            return config
        }
    }

    private static let lightInk = Color(red: 0xE6, green: 0xE6, blue: 0xE6)
    private static let darkPaper = Color(red: 0x1E, green: 0x1E, blue: 0x1E)

    /// The published geometry (`config/config_en.json`, paper figure 6).
    private static func published(font: FontFile, layout: RenderConfig.Layout) -> RenderConfig {
        var config = RenderConfig(font: font)
        config.layout = layout
        (config.pageWidth, config.pageHeight, config.dpi) = (595, 842, 72)
        (config.marginX, config.marginY) = (10, 10)
        (config.fontSize, config.lineHeight) = (9, 10)
        config.alignment = .left
        (config.autoCropWidth, config.autoCropLastPage) = (true, true)
        return config
    }
}
