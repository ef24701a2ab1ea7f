// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphAPI
import GlyphPage
import GlyphReading

/// An answer while it is read.
struct AnswerDraft {
    /// What is read; drawn anew where the reader has too little memory.
    private(set) var document: DrawnDocument
    private let start: ContinuousClock.Instant
    private var (text, reasoning) = ("", "")
    /// How long it took, once it is complete and only a comparison is waited for.
    private var total: Duration?

    init(_ document: DrawnDocument, since start: ContinuousClock.Instant) {
        (self.document, self.start) = (document, start)
    }

    mutating func take(_ event: DocumentEvent) {
        switch event {
        case .text(let piece): text += piece
        case .reasoning(let piece): reasoning += piece
        case .redrawn(let redrawing): document = redrawing.document ?? document
        case .answered: total = .now - start
        default: break
        }
    }

    /// The answer with its numbers; without its words where they have been streamed.
    func object(_ summary: DocumentSummary, withWords: Bool = true) -> AnswerObject {
        var object = AnswerObject(summary, document, total: total ?? .now - start)
        guard withWords else { return object }
        object.answer = summary.answer ?? text
        object.reasoning = reasoning.isEmpty ? nil : reasoning
        return object
    }
}

/// An answer's numbers, and the answer itself where it has not been streamed.
struct AnswerObject: Encodable {
    var answer: String?
    var reasoning: String?
    var finishReason: String
    var model: String?
    var usage: CompressionFacts
    /// The SHA-256 digest of the digests of all pages.
    var pagesDigest: String
    var windows: WindowFacts?
    var focus: FocusFacts?
    var citations: [CitationObject]?
    var comparison: ComparisonObject?
    var promptTokens: Int?
    var completionTokens: Int?
    /// From the request to the reader to its first piece.
    var firstTokenMilliseconds: Double?
    /// From the request to the service to the end of the answer; a comparison is not in it.
    var totalMilliseconds: Double
    var notes: [String]

    init(_ summary: DocumentSummary, _ document: DrawnDocument, total: Duration) {
        let reading = summary.reading
        (finishReason, model) = (reading.finishReason.description, reading.model)
        (usage, windows, notes) = (document.compression, summary.windows, document.notes)
        pagesDigest = document.digest
        (focus, citations, comparison) = (summary.focus, summary.citations, summary.comparison)
        if let focus { usage = usage.focused(focus) }
        (promptTokens, completionTokens) = (reading.usage?.promptTokens, reading.usage?.completionTokens)
        firstTokenMilliseconds = reading.timeToFirstToken?.milliseconds.rounded()
        totalMilliseconds = total.milliseconds.rounded()
    }

    enum CodingKeys: String, CodingKey {
        case answer, reasoning, model, usage, windows, focus, citations, comparison, notes
        case finishReason = "finish_reason"
        case pagesDigest = "pages_sha256"
        case promptTokens = "prompt_tokens"
        case completionTokens = "completion_tokens"
        case firstTokenMilliseconds = "first_token_milliseconds"
        case totalMilliseconds = "total_milliseconds"
    }
}

extension CompressionFacts {
    /// The visual tokens that a focused reading was really shown.
    fileprivate func focused(_ focus: FocusFacts) -> CompressionFacts {
        var facts = CompressionFacts(
            pages: pages,
            textTokens: textTokens,
            visualTokens: focus.coarseTokens + focus.closeTokens,
            reader: reader,
            hasScans: hasScans
        )
        facts.coarser = coarser
        return facts
    }
}

/// A place of the document that an answer rests on.
struct CitationObject: Sendable, Encodable, Equatable {
    var quote: String
    /// Whether the document says it.
    var verified: Bool
    /// Why it is not, as `CitedAnswer.Doubt` words it.
    var doubt: String?
    /// Whether every byte is as it was quoted; otherwise spaces, hyphens or typographic signs differ.
    var exact: Bool
    /// The first page that shows it.
    var page: Int?
    /// The last page that shows it: another one where a page ends inside of it.
    var lastPage: Int?
    /// The page that the reader named.
    var claimedPage: Int?
    /// The first byte of the document's text, and the one after the last.
    var source: [Int]?
    /// The lines that show it.
    var boxes: [PageBox]

    init(_ citation: CitedAnswer.Citation, in document: DrawnDocument) {
        (quote, claimedPage) = (citation.quote, citation.claimedPage)
        verified = citation.match != nil
        doubt = citation.doubt?.rawValue
        exact = citation.match?.isExact ?? false
        (page, lastPage) = (citation.match?.page, citation.match?.lastPage)
        source = citation.match.map { [$0.source.lowerBound, $0.source.upperBound] }
        boxes = citation.match.map { document.boxes(of: $0.source) } ?? []
    }

    enum CodingKeys: String, CodingKey {
        case quote, verified, doubt, exact, page, source, boxes
        case lastPage = "last_page"
        case claimedPage = "claimed_page"
    }
}

/// What a reader of text made of the same document and question.
struct ComparisonObject: Sendable, Encodable, Equatable {
    /// Who read.
    var reader: String
    var answer: String
    var finishReason: String?
    var model: String?
    var promptTokens: Int?
    var completionTokens: Int?
    var firstTokenMilliseconds: Double?
    var totalMilliseconds: Double
    /// Why there is no answer, if there is none.
    var error: String?

    enum CodingKeys: String, CodingKey {
        case reader, answer, model, error
        case finishReason = "finish_reason"
        case promptTokens = "prompt_tokens"
        case completionTokens = "completion_tokens"
        case firstTokenMilliseconds = "first_token_milliseconds"
        case totalMilliseconds = "total_milliseconds"
    }
}
