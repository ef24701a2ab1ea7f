// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage
import GlyphReading
import GlyphTokens
import GlyphTypeset

/// A page as responses describe it.
struct PageFacts: Sendable, Encodable {
    var number: Int
    var width: Int
    var height: Int
    /// The first byte of the document's text on the page, and the one after the last.
    var source: [Int]

    init(number: Int, width: Int, height: Int, source: [Int]) {
        (self.number, self.width, self.height, self.source) = (number, width, height, source)
    }

    init(_ page: EncodedPage, source: [Int]) {
        self.init(number: page.number, width: page.width, height: page.height, source: source)
    }
}

/// What became of a document.
struct DrawnDocument: Sendable {
    var name: String
    var text: SourceText
    /// The pages that were drawn, in order.
    var pages: [EncodedPage] = []
    /// Every page, drawn or only measured.
    var facts: [PageFacts] = []
    var losses = Losses()
    var textTokens: Int
    var visualTokens = 0
    var family = ""
    var notes: [String]
    var milliseconds = 0.0

    init(name: String, text: SourceText, textTokens: Int, notes: [String]) {
        (self.name, self.text, self.textTokens, self.notes) = (name, text, textTokens, notes)
    }

    /// The document's exact strings by page.
    func factBook(_ tokenizer: Tokenizer) -> FactBook {
        let spans = facts.map { PageSpan(number: $0.number, source: SourceRange($0.source[0], $0.source[1])) }
        return FactBook(text, pages: spans) { tokenizer.count($0) }
    }

    var compression: CompressionFacts {
        CompressionFacts(pages: facts.count, textTokens: textTokens, visualTokens: visualTokens, reader: family)
    }
}

/// What pages save, as responses report it.
struct CompressionFacts: Sendable, Encodable, Equatable {
    var pages: Int
    /// Tokens of the text that became pages.
    var textTokens: Int
    /// Tokens of those pages as the reader counts them.
    var visualTokens: Int
    /// Text tokens for each visual token; 0 where there are no pages.
    var compression: Double
    /// The family of readers whose rule counted.
    var reader: String
    /// Where the answer was read, by a reader that sees a few pages at a time.
    var windows: WindowFacts?

    init(pages: Int, textTokens: Int, visualTokens: Int, reader: String) {
        (self.pages, self.textTokens, self.visualTokens, self.reader) = (pages, textTokens, visualTokens, reader)
        let ratio = visualTokens > 0 ? Double(textTokens) / Double(visualTokens) : 0
        compression = (ratio * 1000).rounded() / 1000
    }

    enum CodingKeys: String, CodingKey {
        case pages, compression, reader, windows
        case textTokens = "text_tokens"
        case visualTokens = "visual_tokens"
    }
}
