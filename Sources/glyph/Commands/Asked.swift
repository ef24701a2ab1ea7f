// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphAPI
import GlyphDocuments
import GlyphPage
import GlyphReading
import GlyphTokens

/// All that a strategy needs to know.
struct Asked: Sendable {
    var reader: any Reader
    /// What the model's folder says about reading with it; such models answer and do nothing else.
    var card: ReadingCard?
    var drawn: DrawnJob
    /// The pages as the first of two passes sees them.
    var coarse: DrawnJob?
    var task: TaskTemplate?
    /// What is wanted, without how it shall be written.
    var topic: String
    /// What is asked, in full.
    var question: String
    var isChinese: Bool
    var isJSON: Bool
    var schema: JSONSchema?
    /// The strings that ride beside pages.
    var ridingFacts: FactBook?
    /// How much the reader takes at once, if it tells.
    var room: ContextRoom?
    var countTokens: @Sendable (String) -> Int

    /// What is added so that pages are cited; a model with a card could not follow it.
    func citing(_ pages: ClosedRange<Int>, _ cite: Bool) -> String {
        cite && card == nil ? CitedAnswer.instruction(pages: pages, isChinese: isChinese) : ""
    }

    /// How it is read a few pages at a time, as far as nothing else is said.
    var dividing: DividedReading {
        var reading = drawn.divided(for: reader, card, facts: ridingFacts, room, countTokens: countTokens)
        reading.isChinese = isChinese
        return reading
    }

    /// The most pages at a time, of pages that cost as much as all of `document`; nil if all of them fit.
    func mostPages(of document: DrawnJob) -> Int? {
        let (count, cost) = (document.pages.count, document.summary.visualTokens)
        return dividing.mostPages(of: count, costing: cost, question: question)
    }

    /// Whether all pages fit one prompt, as far as the reader tells.
    var holdsAll: Bool { mostPages(of: drawn) == nil }

    /// Why they do not.
    var shortage: String {
        let (count, cost) = (drawn.pages.count, drawn.summary.visualTokens)
        let tokens = Summary.grouped(dividing.promptTokens(ofPages: count, costing: cost, question: question))
        return "all \(Summary.counted(count, "page")) in one prompt take \(tokens) tokens as "
            + "\(drawn.summary.reader.name) counts them and the answer up to \(Summary.grouped(room?.answer ?? 0)), "
            + "but the reader takes \(Summary.grouped(room?.limit ?? 0)) together"
    }

    /// Refuses a prompt that the reader would refuse, before it is sent.
    func requireRoom() throws {
        guard !holdsAll else { return }
        throw InputError(
            at: "--strategy whole",
            shortage,
            remedy:
                "Choose --strategy windowed or focus, denser pages, or a smaller --max-tokens; --reader says who counts"
        )
    }
}

extension DrawnJob {
    /// How a reader reads a few of the pages at a time.
    func divided(
        for reader: any Reader,
        _ card: ReadingCard?,
        facts: FactBook?,
        _ room: ContextRoom?,
        countTokens: @escaping @Sendable (String) -> Int
    ) -> DividedReading {
        var reading = DividedReading(reader, card: card, countTokens: countTokens)
        (reading.facts, reading.joints) = (facts, PageJoints(document.text, spans))
        (reading.room, reading.visualTokens) = (room, summary.visualTokens)
        reading.retrying = { ReadingNotices.sayRetrying($0, $1) }
        return reading
    }
}
