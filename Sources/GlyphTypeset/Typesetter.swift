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
    /// - Throws: `InputError` when a font cannot be opened, no text fits the page, or `page-text-tokens` is set and a
    ///   token counter is lacking.
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

    /// Refuses a limit that nothing can count: pages would silently hold more than was asked for.
    static func check(_ tokenCounter: TokenCounter?, for config: RenderConfig) throws {
        guard config.pageTextTokens == nil || tokenCounter != nil else {
            throw InputError(
                at: "page-text-tokens",
                "cannot be kept without a tokenizer",
                remedy: "Name a tokenizer, or leave page-text-tokens out"
            )
        }
    }
}
