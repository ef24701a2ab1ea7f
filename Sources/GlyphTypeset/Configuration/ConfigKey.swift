// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

/// The keys of a render configuration file; `docs/rendering.md` explains each.
public enum ConfigKey: String, CaseIterable, Sendable {
    case pageSize = "page-size"
    case dpi
    case marginX = "margin-x"
    case marginY = "margin-y"
    case fontPath = "font-path"
    case fontSize = "font-size"
    case lineHeight = "line-height"
    case fontColor = "font-color"
    case alignment
    case horizontalScale = "horizontal-scale"
    case firstLineIndent = "first-line-indent"
    case leftIndent = "left-indent"
    case rightIndent = "right-indent"
    case spaceAfter = "space-after"
    case spaceBefore = "space-before"
    case borderWidth = "border-width"
    case borderPadding = "border-padding"
    case pageBackground = "page-bg-color"
    case paragraphBackground = "para-bg-color"
    case paragraphBorder = "para-border-color"
    case autoCropWidth = "auto-crop-width"
    case autoCropLastPage = "auto-crop-last-page"
    case newlineMarkup = "newline-markup"

    // Ours.
    case layout
    case fontFallback = "font-fallback"
    case reflow
    case imageFormat = "image-format"
    case cellSize = "cell-size"
    case newlineMark = "newline-mark"
    case collapseSpaces = "collapse-spaces"
    case lineNumbers = "line-numbers"
    case hangingIndent = "hanging-indent"
    case tabWidth = "tab-width"
    case pageTextTokens = "page-text-tokens"

    /// The key of a name; `init(rawValue:)` makes a dictionary of all names first (docs/architecture.md).
    init?(name: String) {
        guard let key = Self.allCases.first(where: { $0.rawValue == name }) else { return nil }
        self = key
    }
}
