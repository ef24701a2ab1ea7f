// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphAPI
import GlyphPage
import GlyphReading

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
    /// Lines of the answer that the pages do not have, of a reader that quotes.
    var unfound: [String] = []
    /// What was asked for and not found, of a reader that quotes.
    var unanswered: [WindowedReading.Unanswered] = []
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

    var promptTokens: Int? { passes.map(\.promptTokens).knownSum }
    var completionTokens: Int? { passes.map(\.completionTokens).knownSum }

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
