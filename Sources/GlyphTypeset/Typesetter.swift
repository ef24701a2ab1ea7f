// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

public import GlyphPage

/// Chooses the layout that a configuration names.
public enum Typesetter {
    /// Counts the text tokens of a piece of UTF-8, for `page-text-tokens`.
    public typealias TokenCounter = (UnsafeBufferPointer<UInt8>) -> Int

    /// A source of pages for a document, with hard-wrapped paragraphs joined if the configuration asks for it.
    ///
    /// Every source range refers to the text as given: reflow replaces bytes one for one.
    ///
    /// - Throws: `InputError` when a font cannot be opened or no text fits the page.
    public static func layouter(
        text: SourceText,
        config: RenderConfig,
        tokenCounter: TokenCounter? = nil
    ) throws -> any PageLayouter {
        try config.validate(at: "configuration")
        let text = Reflow.apply(text, config.reflow).text
        switch config.layout {
        case .official: return try OfficialLayouter(text: text, config: config)
        case .unicode: return try UnicodeLayouter(text: text, config: config, tokenCounter: tokenCounter)
        case .grid: return try GridLayouter(text: text, config: config, tokenCounter: tokenCounter)
        }
    }
}
