// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphAPI
import GlyphPage
import GlyphReading
import GlyphTokens

/// A document that is drawn and a question that can be asked about it.
struct OrderedReading: Sendable {
    /// The pages that are read, and those of a first look at all of them.
    struct Passes: Sendable {
        var document: DrawnDocument
        var coarse: DrawnDocument?
    }

    let order: ReadingOrder
    let first: Passes
    private let served: ServedReader
    private let maker: PageMaker
    private let question: String

    /// Draws what is to be read.
    ///
    /// - Throws: What `PageMaker` throws, and `InputError` for what cannot be asked.
    init(_ order: ReadingOrder, _ served: ServedReader, _ maker: PageMaker) async throws {
        (self.order, self.served, self.maker) = (order, served, maker)
        guard !order.compares || served.textReader != nil else {
            throw InputError(at: "compare", "nobody here reads text", remedy: "Start glyph serve with --text-endpoint")
        }
        let document = try await maker.make(order.intake, order.look, wanting: .all)
        question = try order.prompt(for: document)
        // What cannot be asked is a fault of the request, and must be known before a stream begins.
        _ = try PagePrompt(pages: document.pages, total: document.facts.count, question: question)
        do {
            first = Passes(document: document, coarse: try await Self.coarse(document, order, maker))
        } catch is Look.NothingCoarser {
            throw InputError(
                at: "strategy",
                "these pages are as coarse as can be read, so there is no look for a first pass",
                remedy: "Choose a larger dpi or another preset"
            )
        }
    }

    private static func coarse(
        _ document: DrawnDocument,
        _ order: ReadingOrder,
        _ maker: PageMaker
    ) async throws -> DrawnDocument? {
        guard order.division.strategy == .focus, document.pages.count > order.focusPages else { return nil }
        return try await maker.make(document.source, document.look.coarser())
    }

    /// What happens while it is read; nothing is asked until somebody listens.
    func events() -> AsyncThrowingStream<DocumentEvent, any Error> {
        .coarsening(first) { passes, emit, retrying in
            try await read(passes, emit, retrying)
        } redraw: { passes in
            var document = try await maker.make(passes.document.source, passes.document.look.coarser())
            if let before = passes.document.facts.first, let now = document.facts.first {
                let sizes = "\(now.width)×\(now.height) instead of \(before.width)×\(before.height) pixels"
                document.notes = passes.document.notes
                document.notes.append("the reader had too little memory, so its pages became \(sizes)")
            }
            let coarser = Passes(document: document, coarse: try await Self.coarse(document, order, maker))
            return (coarser, Redrawing(facts: document.compression, document: document))
        }
    }

    private func read(
        _ passes: Passes,
        _ emit: ServedReader.Emit,
        _ retrying: @escaping RetryNotice
    ) async throws {
        let document = passes.document
        let facts = served.card == nil ? nil : document.factBook(try maker.textTokenizer())
        let corrector = served.card.map { document.corrector($0, facts) }
        var (reply, gate) = ("", QuoteGate())
        let cites = order.cites && served.card == nil
        func pass(_ event: DocumentEvent) {
            guard case .text(let piece) = event else { return emit(event) }
            reply += piece
            let shown = cites ? gate.next(piece) : piece
            if !shown.isEmpty { emit(.text(shown)) }
        }
        let tokenizer = try maker.textTokenizer()
        let asked = PageQuestion(
            pages: document.pages,
            question: question,
            sampling: order.sampling,
            division: order.division,
            visualTokens: document.visualTokens,
            facts: facts,
            corrector: corrector,
            joints: document.joints,
            finder: cites ? QuoteFinder(document.text, pages: document.spans) : nil,
            isChinese: isChinese,
            countTokens: { tokenizer.count($0) },
            retrying: retrying
        )
        var summary: DocumentSummary =
            if order.task == TaskLibrary.transcription, let card = served.card, let request = card.transcribe {
                try await served.transcribe(asked, card, request, pass)
            } else if order.division.strategy == .focus {
                try await served.focus(document, passes.coarse, order, asked, pass)
            } else {
                try await served.read(asked, pass)
            }
        let rest = gate.finish()
        if !rest.isEmpty { emit(.text(rest)) }
        if order.cites { cite(reply, &summary, document) }
        if order.compares, let textReader = served.textReader {
            emit(.answered(summary))
            summary.comparison = try await compare(textReader, document, emit)
        }
        emit(.finished(summary))
    }

    private var isChinese: Bool {
        TaskLibrary.Language(question: question, document: first.document.text) == .chinese
    }

    private func cite(_ reply: String, _ summary: inout DocumentSummary, _ document: DrawnDocument) {
        if let quoted = summary.quoted {
            summary.citations = quoted.map { CitationObject($0, in: document) }
            return
        }
        let windows = summary.windows.map { $0.pages.map { Array($0[0]...$0[1]) } ?? [] }
        let pages = windows ?? summary.focus?.pages ?? document.pages.map(\.number)
        let cited = CitedAnswer(
            reply: reply,
            finder: QuoteFinder(document.text, pages: document.spans),
            pages: pages
        )
        summary.answer = cited.answer
        summary.citations = cited.citations.map { CitationObject($0, in: document) }
    }

    /// Puts the same question to a reader of the text itself.
    ///
    /// It is asked when the answer from pages is there, so that neither waits for the other; what goes wrong belongs to
    /// the comparison and leaves that answer as it is.
    private func compare(
        _ textReader: ServedReader.TextReader,
        _ document: DrawnDocument,
        _ emit: ServedReader.Emit
    ) async throws -> ComparisonObject {
        let start = ContinuousClock.now
        var result = ComparisonObject(reader: textReader.name, answer: "", totalMilliseconds: 0)
        do {
            let text = String(decoding: document.text.utf8, as: UTF8.self)
            let prompt = try PagePrompt(textOnly: "\(text)\n\n\(question)")
            let request = ReadingRequest(prompt: prompt, sampling: order.sampling)
            for try await event in textReader.reader.read(request) {
                switch event {
                case .text(let piece):
                    result.answer += piece
                    emit(.comparison(piece))
                case .finished(let summary):
                    (result.finishReason, result.model) = (summary.finishReason.description, summary.model)
                    result.promptTokens = summary.usage?.promptTokens
                    result.completionTokens = summary.usage?.completionTokens
                    result.firstTokenMilliseconds = summary.timeToFirstToken?.milliseconds.rounded()
                case .reasoning, .retrying: break
                }
            }
        } catch let fault as ReadingError {
            result.error = "\(fault)"
        }
        try Task.checkCancellation()
        result.totalMilliseconds = (ContinuousClock.now - start).milliseconds.rounded()
        return result
    }
}
