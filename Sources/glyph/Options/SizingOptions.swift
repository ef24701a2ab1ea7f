// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import ArgumentParser
import GlyphPage
import GlyphReading
import GlyphTokens
import GlyphTypeset

/// What the pages may cost, and how cost is counted.
struct SizingOptions: ParsableArguments {
    @Option(help: "Choose the page width by the document's length: auto.")
    var fit: String?

    @Option(help: "Find the most legible pages that cost at most this many visual tokens.")
    var budget: Int?

    @Option(help: "The reader that is paid for images: a family or model name; see 'glyph count'.")
    var reader: String = "glm-4.1v"

    @Option(help: "A Hugging Face tokenizer.json to count text tokens with (default: the one that ships).")
    var tokenizer: String?

    /// The tokenizer that counts text.
    func textTokenizer() throws -> Tokenizer {
        try tokenizer.map { try Tokenizer(contentsOfFile: $0) } ?? Tokenizer.standard()
    }

    func family() throws -> ReaderFamily { try ReaderFamily.named(reader) }

    /// Applies `--fit` and `--budget` to a configuration.
    func adjust(_ config: RenderConfig, to text: SourceText, tokenizer: Tokenizer) throws -> RenderConfig {
        var config = config
        if let fit {
            guard fit == "auto" else { throw InputError(at: "--fit", "\"\(fit)\" is unknown", expected: "auto") }
            config = PageFit.fit(config, toTextTokens: tokenizer.count(text.utf8))
        }
        guard let budget else { return config }
        guard budget > 0 else { throw InputError(at: "--budget", "is \(budget)", expected: "a number above 0") }
        let search = TokenBudget(limit: budget, family: try family()) { tokenizer.count($0) }
        return try search.fit(config, to: text)
    }
}
