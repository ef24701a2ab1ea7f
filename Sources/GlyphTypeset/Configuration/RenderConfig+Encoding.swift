// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage

extension RenderConfig {
    /// The configuration as a JSON object that reads back as the same configuration, keys in `ConfigKey`'s order.
    public var json: String {
        let fields = ConfigKey.allCases.compactMap { key in literal(key).map { "\"\(key.rawValue)\": \($0)" } }
        return "{\(fields.concatenated(by: ", "))}"
    }

    /// The keys in which two configurations differ.
    ///
    /// - Parameters:
    ///   - other: What to compare with.
    ///   - passed: Keys that do not count.
    /// - Returns: The keys, in `ConfigKey`'s order.
    package func keys(differingFrom other: RenderConfig, besides passed: Set<ConfigKey>) -> [ConfigKey] {
        ConfigKey.allCases.filter { !passed.contains($0) && literal($0) != other.literal($0) }
    }

    private func literal(_ key: ConfigKey) -> String? {
        switch key {
        case .pageSize: "\(Self.number(pageWidth)),\(Self.number(pageHeight))".jsonLiteral
        case .dpi: Self.number(dpi)
        case .marginX: Self.number(marginX)
        case .marginY: Self.number(marginY)
        case .fontPath: font.reference.jsonLiteral
        case .fontSize: Self.number(fontSize)
        case .lineHeight: Self.number(lineHeight)
        case .fontColor: fontColor.description.jsonLiteral
        case .alignment: alignment.rawValue.jsonLiteral
        case .horizontalScale: Self.number(horizontalScale)
        case .firstLineIndent: Self.number(firstLineIndent)
        case .leftIndent: Self.number(leftIndent)
        case .rightIndent: Self.number(rightIndent)
        case .spaceAfter: Self.number(spaceAfter)
        case .spaceBefore: Self.number(spaceBefore)
        case .borderWidth: Self.number(borderWidth)
        case .borderPadding: Self.number(borderPadding)
        case .pageBackground: pageBackground.description.jsonLiteral
        case .paragraphBackground: paragraphBackground.description.jsonLiteral
        case .paragraphBorder: paragraphBorder.description.jsonLiteral
        case .autoCropWidth: "\(autoCropWidth)"
        case .autoCropLastPage: "\(autoCropLastPage)"
        case .newlineMarkup: newlineMarkup.official.jsonLiteral
        case .layout: layout.rawValue.jsonLiteral
        case .fontFallback: fontFallback?.map(\.reference.jsonLiteral).jsonArray
        case .reflow: reflow.rawValue.jsonLiteral
        case .imageFormat: imageFormat.rawValue.jsonLiteral
        case .cellSize: "\(cellWidth),\(cellHeight)".jsonLiteral
        case .newlineMark: newlineMark.jsonLiteral
        case .collapseSpaces: "\(collapseSpaces)"
        case .lineNumbers: "\(lineNumbers)"
        case .hangingIndent: "\(hangingIndent)"
        case .tabWidth: "\(tabWidth)"
        case .pageTextTokens: pageTextTokens.map { "\($0)" }
        }
    }

    private static func number(_ value: Double) -> String {
        value == value.rounded() ? "\(Int(value))" : "\(value)"
    }
}

extension NewlineMarkup {
    /// The mark-up as the official renderer's configuration spells it.
    var official: String {
        switch self {
        case .lineBreak: "<br/>"
        case .text(let text, nil): text
        case .text(let text, let color?): "<font color=\"\(color)\">\(text)</font>"
        }
    }
}
