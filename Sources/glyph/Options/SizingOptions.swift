// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import ArgumentParser

/// What the pages may cost, and how cost is counted.
struct SizingOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Choose the page width by the document's length: auto.", valueName: "how"))
    var fit: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Find the most legible pages for at most this many visual tokens.", valueName: "tokens")
    )
    var budget: Int?

    @Option(help: ArgumentHelp("Who reads the pages, as 'glyph count' lists, or a model's name.", valueName: "name"))
    var reader: String = Sizing().reader

    @Option(
        help: ArgumentHelp(
            "A Hugging Face tokenizer.json to count text tokens with (default: the one that ships).",
            valueName: "file"
        )
    )
    var tokenizer: String?

    /// What was chosen.
    var sizing: Sizing { Sizing(fit: fit, budget: budget, reader: reader, tokenizer: tokenizer) }
}
