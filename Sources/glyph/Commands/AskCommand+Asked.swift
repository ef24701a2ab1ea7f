// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphAPI
import GlyphPage
import GlyphReading
import GlyphTokens

/// All that a strategy needs to know.
struct Asked: Sendable {
    var reader: any Reader
    /// What the model's folder says about reading with it; such models answer and do nothing else.
    var card: ReadingCard?
    var drawn: DrawnDocument
    /// The pages as the first of two passes sees them.
    var coarse: DrawnDocument?
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

    /// Text tokens beside all pages.
    private var textTokens: Int {
        let sheet = ridingFacts?.sheet(for: 1...max(1, drawn.pages.count), question: question)
        return countTokens(question) + (sheet?.tokens ?? 0)
    }

    /// Whether all pages fit one prompt, as far as the reader tells.
    var holdsAll: Bool { room?.holds(drawn.summary.visualTokens + textTokens) ?? true }

    /// Why they do not.
    var shortage: String {
        let tokens = Summary.grouped(drawn.summary.visualTokens + textTokens)
        return "all \(Summary.counted(drawn.pages.count, "page")) in one prompt take \(tokens) tokens as "
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

    /// The most pages at a time, of pages that cost as much as all of `document`; nil if all of them fit.
    func window(of document: DrawnDocument) -> Int? {
        guard let room else { return nil }
        let (count, cost) = (document.pages.count, document.summary.visualTokens)
        let text = textTokens + ContextRoom.namingPages
        return room.holds(cost + text) ? nil : room.window(ofPages: count, costing: cost, beside: text)
    }
}

/// What a strategy came back with.
struct Reply: Sendable {
    /// Requests that were made for one purpose, and what they cost; tokens as far as the server told.
    struct Pass: Sendable {
        var name: String
        var requests: Int
        var promptTokens: Int?
        var completionTokens: Int?

        init(_ name: String, requests: Int, promptTokens: Int?, completionTokens: Int?) {
            (self.name, self.requests) = (name, requests)
            (self.promptTokens, self.completionTokens) = (promptTokens, completionTokens)
        }

        /// Every window of a reading.
        init(_ result: WindowedReading.Result) {
            self.init(
                "windows",
                requests: result.findings.count,
                promptTokens: result.promptTokens,
                completionTokens: result.completionTokens
            )
        }

        /// One request.
        init(_ summary: ReadingSummary, _ name: String) {
            let usage = summary.usage
            self.init(name, requests: 1, promptTokens: usage?.promptTokens, completionTokens: usage?.completionTokens)
        }
    }

    /// The reader's words, exact strings put right.
    var text: String
    /// What they answered, if it can be asked once more.
    var prompt: PagePrompt?
    /// The pages that it was read from.
    var pages: [Int]
    var citations: [CitedAnswer.Citation] = []
    var corrections: [FactCorrector.Correction] = []
    var listedFacts = 0
    var passes: [Pass] = []
    /// Whether the text is on standard output already.
    var isPrinted = false
    /// Whether the answer is that there is none.
    var isAbsent = false
    /// What is said about the reading, for people and for programs.
    var said: [String] = []
    var json: [(key: String, json: String)] = []
    var warning: String?

    var promptTokens: Int? { Self.sum(passes.map(\.promptTokens)) }
    var completionTokens: Int? { Self.sum(passes.map(\.completionTokens)) }

    private static func sum(_ counts: [Int?]) -> Int? {
        let known = counts.compactMap { $0 }
        return known.isEmpty ? nil : known.reduce(0, +)
    }

    /// The tokens of each pass and of all, for a person; nothing if there was one pass or the server tells none.
    var tokensByPass: String? {
        guard passes.count > 1, let total = promptTokens else { return nil }
        let parts = passes.map { "\(Summary.grouped($0.promptTokens ?? 0)) \($0.name)" }
        return "prompt tokens: \(parts.joined(separator: " + ")) = \(Summary.grouped(total))"
    }

    /// The passes as JSON.
    var passesJSON: String {
        let objects = passes.map { pass in
            "{\"name\": \(pass.name.jsonLiteral), \"requests\": \(pass.requests), "
                + "\"promptTokens\": \(pass.promptTokens.map(String.init) ?? "null"), "
                + "\"completionTokens\": \(pass.completionTokens.map(String.init) ?? "null")}"
        }
        return objects.jsonArray
    }
}
