// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

public import GlyphPage

/// Puts an answer right from the text of the pages that it was read from.
///
/// Of every reader exact strings are put right (``FactCorrector``). A reader that answers with words of the text and
/// nothing else is compared with it line by line: a small one takes a sign that it never saw for a digit.
public struct AnswerCorrector: Sendable {
    /// An answer as the text has it.
    public struct Corrected: Sendable {
        public var text: String
        public var corrections: [FactCorrector.Correction] = []
        /// Lines that no words of the pages are like, though they should be.
        public var unfound: [String] = []

        public init(text: String) { self.text = text }
    }

    private let finder: QuoteFinder
    private let facts: FactBook?
    private let card: ReadingCard?

    /// - Parameters:
    ///   - text: What the pages were made from.
    ///   - pages: What each shows.
    ///   - facts: The exact strings of the text.
    ///   - card: What is known of the reader, if it has a card.
    public init(_ text: SourceText, pages: [PageSpan], facts: FactBook?, card: ReadingCard?) {
        (finder, self.facts, self.card) = (QuoteFinder(text, pages: pages), facts, card)
    }

    /// What a reading came to, put right.
    public func corrected(_ read: DividedReading.Outcome) -> Corrected {
        guard !read.isAbsent else { return Corrected(text: read.answer) }
        guard card?.quote != nil, !read.said.isEmpty else { return corrected(read.answer, onPages: read.pages) }
        var result = Corrected(text: "")
        let answers = read.said.map { finding in
            let answer = copied(finding)
            result.corrections += answer.corrections
            result.unfound += answer.unfound
            return answer.text
        }
        result.text = answers.joined(separator: DividedReading.separator)
        return result
    }

    /// An answer with its exact strings put right.
    ///
    /// - Parameters:
    ///   - answer: What the reader said.
    ///   - pages: The pages that it was read from.
    /// - Returns: The answer, and what was put right in it.
    public func corrected(_ answer: String, onPages pages: [Int]) -> Corrected {
        var result = Corrected(text: answer)
        let strings = pages.flatMap { Array(facts?.facts(onPage: $0) ?? []) }
        (result.text, result.corrections) =
            FactCorrector.corrected(answer, by: strings, correctsNumbers: card != nil)
        return result
    }

    /// What comes nearest to what was asked for and not found, as the text has it.
    public func corrected(_ unanswered: [WindowedReading.Unanswered]) -> [WindowedReading.Unanswered] {
        unanswered.map { item in
            var item = item
            if let nearest = item.nearest, let pages = item.pages {
                item.nearest = finder.original(of: nearest, on: pages).text ?? nearest
            }
            return item
        }
    }

    /// Each line of a quotation as its own pages have it.
    private func copied(_ finding: WindowedReading.Finding) -> Corrected {
        var result = Corrected(text: "")
        let lines = finding.answer.split(separator: "\n", omittingEmptySubsequences: false)
        let written = lines.enumerated().map { index, line in
            let line = String(line)
            let pages = finding.pages(ofLine: index)
            switch line.isEmpty ? .same(line) : finder.original(of: line, on: pages) {
            case .same(let written): return written
            case .other(let written):
                result.corrections.append(Self.difference(line, written))
                return written
            case .none:
                result.unfound.append(line)
                let strings = corrected(line, onPages: Array(pages))
                result.corrections += strings.corrections
                return strings.text
            }
        }
        result.text = written.joined(separator: "\n")
        return result
    }

    /// The words in which two lines differ.
    private static func difference(_ read: String, _ written: String) -> FactCorrector.Correction {
        var (read, written) = (read.split(separator: " ")[...], written.split(separator: " ")[...])
        while read.count > 1, written.count > 1, read.first?.lowercased() == written.first?.lowercased() {
            (read, written) = (read.dropFirst(), written.dropFirst())
        }
        while read.count > 1, written.count > 1, read.last?.lowercased() == written.last?.lowercased() {
            (read, written) = (read.dropLast(), written.dropLast())
        }
        return FactCorrector.Correction(read: read.joined(separator: " "), written: written.joined(separator: " "))
    }
}
