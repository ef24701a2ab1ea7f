// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphDocuments
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

/// A rectangle of a page, in pixels of the finished picture.
struct PageBox: Sendable, Encodable, Equatable {
    var page: Int
    var x: Int
    var y: Int
    var width: Int
    var height: Int
}

/// What became of a document.
struct DrawnDocument: Sendable {
    /// What was drawn.
    let source: Document
    /// How it was drawn.
    let look: Look
    /// The pages that were drawn, in order.
    var pages: [EncodedPage] = []
    /// Their SHA-256 digests.
    var digests: [String] = []
    /// Every page, drawn or only measured.
    var facts: [PageFacts] = []
    /// The lines of every page in pixels; known where all pages were drawn.
    var lines: [[LineBox]] = []
    var losses = Losses()
    var textTokens = 0
    var visualTokens = 0
    var notes: [String]
    var milliseconds = 0.0

    init(_ source: Document, _ look: Look) {
        (self.source, self.look, notes) = (source, look, source.notes)
    }

    var name: String { source.name }
    var text: SourceText { source.text }

    /// One digest of all pages, by which they are known again.
    var digest: String { Digest.sha256(Array(digests.joined().utf8)) }

    /// What each page shows.
    var spans: [PageSpan] {
        facts.map { PageSpan(number: $0.number, source: SourceRange($0.source[0], $0.source[1])) }
    }

    /// What stands between the pages.
    var joints: PageJoints { PageJoints(text, spans) }

    /// The document's exact strings by page.
    func factBook(_ tokenizer: Tokenizer) -> FactBook { FactBook(text, pages: spans) { tokenizer.count($0) } }

    /// Puts answers right that were read from these pages.
    func corrector(_ card: ReadingCard?, _ facts: FactBook?) -> AnswerCorrector {
        AnswerCorrector(text, pages: spans, facts: facts, card: card)
    }

    var compression: CompressionFacts {
        var facts = CompressionFacts(
            pages: facts.count,
            textTokens: textTokens,
            visualTokens: visualTokens,
            reader: look.family.name,
            hasScans: !source.scans.isEmpty
        )
        facts.coarser = look.coarseness > 0 ? look.coarseness : nil
        return facts
    }

    /// The lines that show some of the text.
    func boxes(of source: SourceRange) -> [PageBox] {
        zip(facts, lines).flatMap { page, lines in
            lines.filter { $0.source.lowerBound < source.upperBound && source.lowerBound < $0.source.upperBound }
                .compactMap { PageBox($0, on: page) }
        }
    }
}

extension PageBox {
    /// The part of a line's box that is on the page; nil for a line that lies beyond its edges.
    fileprivate init?(_ line: LineBox, on facts: PageFacts) {
        let (left, top) = (max(0, Int(line.x)), max(0, Int(line.y)))
        let (right, bottom) = (min(facts.width, Int(line.x + line.width)), min(facts.height, Int(line.y + line.height)))
        guard left < right, top < bottom else { return nil }
        self.init(page: facts.number, x: left, y: top, width: right - left, height: bottom - top)
    }
}

/// What pages save, as responses report it.
struct CompressionFacts: Sendable, Encodable, Equatable {
    var pages: Int
    /// Tokens of the text that became pages.
    var textTokens: Int
    /// Tokens of those pages as the reader counts them.
    var visualTokens: Int
    /// Text tokens for each visual token; 0 where there are no pages, or nothing to compare.
    var compression: Double
    /// Whether some pages are pictures of a file's pages, whose text nobody knows.
    let hasScans: Bool
    /// The family of readers whose rule counted.
    var reader: String
    /// Where the answer was read, by a reader that sees a few pages at a time.
    var windows: WindowFacts?
    /// Steps by which the resolution was lowered, since the reader has too little memory; absent if it was not.
    var coarser: Int?

    init(pages: Int, textTokens: Int, visualTokens: Int, reader: String, hasScans: Bool) {
        (self.pages, self.textTokens, self.visualTokens, self.reader) = (pages, textTokens, visualTokens, reader)
        self.hasScans = hasScans
        let ratio = visualTokens > 0 && !hasScans ? Double(textTokens) / Double(visualTokens) : 0
        compression = (ratio * 1000).rounded() / 1000
    }

    enum CodingKeys: String, CodingKey {
        case pages, compression, reader, windows, coarser
        case textTokens = "text_tokens"
        case visualTokens = "visual_tokens"
    }
}
