// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Foundation
import GlyphAPI
import GlyphDocuments
import GlyphPage
import GlyphReading

extension AskCommand {
    /// Checks a reply and prints it, with where it stands in the document.
    func conclude(_ reply: Reply, _ asked: Asked, _ interrupt: Interrupt) async throws {
        var reply = reply
        // That no page tells is an answer, too, and was not asked for as JSON.
        let value = asked.isJSON && !reply.isAbsent ? try await checked(&reply, asked) : nil
        if answer.cite, reply.citations.isEmpty, !reply.isAbsent {
            let finder = QuoteFinder(asked.drawn.document.text, pages: asked.drawn.spans)
            let cited = CitedAnswer(reply: reply.text, finder: finder, pages: reply.pages)
            (reply.text, reply.citations) = (cited.answer, cited.citations)
        }
        let map = answer.cite ? SourceMap(asked.drawn.document) : nil
        let sources = reply.citations.map { citation in
            citation.match.map { map?.provenance(of: $0.source).map(\.description).joined(separator: "; ") ?? "" }
        }
        if json {
            try printJSON(reply, value, sources, asked)
            return try await draw(value, &reply, interrupt)
        }
        let text = value?.text ?? (asked.isJSON ? "null" : reply.text)
        if !reply.isPrinted { try Terminal.write(Terminal.harmless(text, for: STDOUT_FILENO)) }
        if !text.hasSuffix("\n") { try Terminal.write("\n") }
        if answer.cite, !reply.isAbsent { try printSources(reply, sources) }
        try await draw(value, &reply, interrupt)
        Terminal.say("\n" + reply.said.joined(separator: ", ") + "\n")
        if let tokens = reply.tokensByPass { Terminal.say(tokens + "\n") }
        ReadingNotices.say(reply.corrections, unfound: reply.unfound)
        ReadingNotices.say(reply.unanswered, isAll: reply.isAbsent)
        if let warning = reply.warning { Terminal.say(warning + "\n") }
    }

    /// Draws an answer that is a graph, if that is wanted; it has been printed, so that nothing is lost where that fails.
    private func draw(_ value: JSONAnswer?, _ reply: inout Reply, _ interrupt: Interrupt) async throws {
        guard let value, let svg = answer.svg else { return }
        interrupt.waitForCleanUp()
        try await RelationGraph(value).drawSVG(to: svg)
        reply.said.append("drawn to \(svg)")
    }

    /// The JSON of a reply; a reader whose JSON is refused is told why and may answer once more.
    private func checked(_ reply: inout Reply, _ asked: Asked) async throws -> JSONAnswer {
        do {
            return try JSONAnswer(reply: reply.text, schema: asked.schema)
        } catch let fault as InputError {
            guard let prompt = reply.prompt else { throw refused(reply.text, fault) }
            let correction = JSONAnswer.correction(fault, isChinese: asked.isChinese)
            let request = ReadingRequest(
                prompt: try prompt.followed(by: correction, after: reply.text),
                sampling: source.sampling
            )
            let second = try await asked.reader.answer(to: request) { ReadingNotices.sayRetrying($0, $1) }
            reply.text = second.text
            correct(&reply, asked)
            reply.passes.append(Reply.Pass(second.summary, "correction"))
            reply.said.append("asked twice for its JSON")
            do {
                return try JSONAnswer(reply: reply.text, schema: asked.schema)
            } catch let fault as InputError {
                throw refused(reply.text, fault)
            }
        }
    }

    private func refused(_ reply: String, _ fault: InputError) -> InputError {
        let shown = Terminal.harmless(String(reply.prefix(200)), for: STDERR_FILENO)
        return InputError(
            at: "answer",
            "\(fault.problem). The reader wrote: \(shown)",
            expected: fault.expected,
            remedy: "A larger --max-tokens, a simpler schema or another reader may help"
        )
    }

    private func printSources(_ reply: Reply, _ sources: [String?]) throws {
        guard !reply.citations.isEmpty else {
            Terminal.say("Nothing that the answer rests on was found in the text.\n")
            return
        }
        try Terminal.print("\nSources:")
        for (citation, source) in zip(reply.citations, sources) {
            let quote = citation.quote.split(whereSeparator: \.isNewline).joined(separator: " ")
            let shown = Terminal.harmless("\"\(quote)\"", for: STDOUT_FILENO)
            let page = citation.claimedPage.map { " (said to be on page \($0))" } ?? ""
            let found = source.map { "\($0): \(shown)\(Self.crossing(citation))" }
            try Terminal.print("  \(found ?? "UNVERIFIED, \(Self.words(for: citation.doubt)): \(shown)\(page)")")
        }
    }

    /// Why a quotation has no place.
    private static func words(for doubt: CitedAnswer.Doubt?) -> String {
        switch doubt {
        case .tooShort: "too short to look up"
        case .severalPlaces: "stands at several places"
        case .absent, nil: "not in the text"
        }
    }

    /// The pages of a quotation in which one ends.
    private static func crossing(_ citation: CitedAnswer.Citation) -> String {
        guard let match = citation.match, let first = match.page, let last = match.lastPage, first < last else {
            return ""
        }
        return " (pages \(first)-\(last))"
    }

    private func printJSON(_ reply: Reply, _ value: JSONAnswer?, _ sources: [String?], _ asked: Asked) throws {
        let citations = zip(reply.citations, sources).map { citation, source in
            "{\"quote\": \(citation.quote.jsonLiteral), \"verified\": \(citation.match != nil), "
                + "\"exact\": \(citation.match?.isExact ?? false), "
                + "\"doubt\": \(citation.doubt?.rawValue.jsonLiteral ?? "null"), "
                + "\"page\": \(citation.match?.page.map(String.init) ?? "null"), "
                + "\"lastPage\": \(citation.match?.lastPage.map(String.init) ?? "null"), "
                + "\"source\": \(source?.jsonLiteral ?? "null")}"
        }
        let corrections = reply.corrections.map {
            "{\"read\": \($0.read.jsonLiteral), \"written\": \($0.written.jsonLiteral)}"
        }
        var fields: [(key: String, json: String)] = [("answer", (value?.text ?? reply.text).jsonLiteral)]
        if asked.isJSON { fields.append(("value", value?.text ?? "null")) }
        fields += reply.json
        fields.append(("promptTokens", reply.promptTokens.map(String.init) ?? "null"))
        fields.append(("completionTokens", reply.completionTokens.map(String.init) ?? "null"))
        fields.append(("passes", reply.passesJSON))
        fields.append(("facts", String(reply.listedFacts)))
        fields.append(("corrections", corrections.jsonArray))
        if asked.card?.quote != nil {
            let unanswered = reply.unanswered.map { item in
                "{\"question\": \(item.question.jsonLiteral), \"nearest\": \(item.nearest?.jsonLiteral ?? "null"), "
                    + "\"pages\": \(item.pages.map { Summary.range($0).jsonLiteral } ?? "null")}"
            }
            fields.append(("unfound", reply.unfound.map(\.jsonLiteral).jsonArray))
            fields.append(("unanswered", unanswered.jsonArray))
        }
        if answer.cite { fields.append(("citations", citations.jsonArray)) }
        try Terminal.print(asked.drawn.summary.json(fields))
    }
}
