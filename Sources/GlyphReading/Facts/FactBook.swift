// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

public import GlyphPage

/// The exact strings of a document by page, and the sheets that ride beside pages in a prompt.
///
/// Pixels are good at words, which a reader completes by what it knows, and bad at strings that follow from nothing:
/// one misread digit of a number is a wrong answer that looks right. Such strings are few, so they ride as text.
public struct FactBook: Sendable {
    /// Which strings ride.
    public enum Choice: String, Sendable, CaseIterable {
        /// Those that cannot be guessed from a blurred picture.
        case auto
        case off
        /// Those, and dates, web addresses and longer identifiers as well.
        case all
    }

    /// How large a sheet may become.
    public struct Limits: Sendable, Equatable {
        public var entries: Int
        public var tokens: Int

        public init(entries: Int = 256, tokens: Int = 2048) {
            (self.entries, self.tokens) = (entries, tokens)
        }
    }

    /// The strings of some pages as text.
    public struct Sheet: Sendable, Equatable {
        /// What stands in the prompt.
        public var text: String
        /// Strings on it.
        public var listed: Int
        /// Strings that did not fit.
        public var leftOut: Int
        /// What the text costs.
        public var tokens: Int
    }

    /// The strings that count by the choice, in order.
    public let facts: [Fact]
    private let text: SourceText
    private let spans: [Int: SourceRange]
    private let limits: Limits
    private let countTokens: @Sendable (String) -> Int

    /// Looks through a text.
    ///
    /// - Parameters:
    ///   - text: the document's text.
    ///   - pages: what each page shows.
    ///   - choice: which strings ride; `off` gives an empty book.
    ///   - limits: how large a sheet may become.
    ///   - countTokens: counts text tokens.
    public init(
        _ text: SourceText,
        pages: [PageSpan],
        choice: Choice = .auto,
        limits: Limits = Limits(),
        countTokens: @escaping @Sendable (String) -> Int
    ) {
        self.text = text
        (self.limits, self.countTokens) = (limits, countTokens)
        spans = Dictionary(pages.map { ($0.number, $0.source) }, uniquingKeysWith: { $1 })
        facts = choice == .off ? [] : FactFinder.facts(in: text).filter { choice == .all || $0.isOpaque }
    }

    /// The strings that a page shows, whole or in part.
    public func facts(onPage number: Int) -> ArraySlice<Fact> {
        guard let span = spans[number] else { return [] }
        // In order and apart from each other, so both ends are in order.
        let first = facts.sortedIndex { $0.source.upperBound > span.lowerBound }
        return facts[first...].prefix { $0.source.lowerBound < span.upperBound }
    }

    /// The sheet for some pages; nothing if no string is on them, or none fits.
    ///
    /// When not all fit, those that stand near words of the question come first, then those of the kinds that are
    /// hardest to guess, then the earlier ones. The result depends on nothing else.
    public func sheet(for pages: some Sequence<Int>, question: String) -> Sheet? {
        var entries: [Entry] = []
        var known: [String: Int] = [:]
        for page in pages {
            for fact in facts(onPage: page) {
                if let index = known[fact.text] {
                    entries[index].facts.append(fact)
                    if entries[index].pages.last != page { entries[index].pages.append(page) }
                } else {
                    known[fact.text] = entries.count
                    entries.append(Entry(facts: [fact], pages: [page]))
                }
            }
        }
        guard !entries.isEmpty else { return nil }
        // Most documents fit, and then nothing needs to be ranked.
        if entries.count <= limits.entries {
            let text = Self.text(entries, leftOut: 0)
            let tokens = countTokens(text)
            if tokens <= limits.tokens { return Sheet(text: text, listed: entries.count, leftOut: 0, tokens: tokens) }
        }
        return cut(entries, question)
    }

    /// The sheet with as many entries as fit, the most important ones, which are not all.
    private func cut(_ entries: [Entry], _ question: String) -> Sheet? {
        let order = rank(entries, question)
        // The most is tried first; then the cut is found by halving.
        var (low, high) = (0, min(entries.count - 1, limits.entries))
        var best: (text: String, tokens: Int)?
        var count = high
        while high > 0 {
            let sheet = Self.text(order.prefix(count).sorted().map { entries[$0] }, leftOut: entries.count - count)
            let tokens = countTokens(sheet)
            if tokens <= limits.tokens { (best, low) = ((sheet, tokens), count) } else { high = count - 1 }
            guard low < high else { break }
            count = (low + high + 1) / 2
        }
        return best.map { Sheet(text: $0.text, listed: low, leftOut: entries.count - low, tokens: $0.tokens) }
    }

    private struct Entry {
        var facts: [Fact]
        var pages: [Int]
    }

    /// The entries' indices, the most important first.
    private func rank(_ entries: [Entry], _ question: String) -> [Int] {
        let words = QuestionWords(question)
        let scores = entries.map { entry in
            entry.facts.prefix(16).map { words.count(near: $0.source, in: text) }.max() ?? 0
        }
        return entries.indices.sorted {
            let (a, b) = (entries[$0].facts[0].kind.rawValue, entries[$1].facts[0].kind.rawValue)
            return (-scores[$0], a, $0) < (-scores[$1], b, $1)
        }
    }

    private static func text(_ entries: [Entry], leftOut: Int) -> String {
        var lines = ["Exact strings of these pages, copied from the document; trust them more than the pictures:"]
        var last: [Int]?
        for entry in entries {
            if entry.pages == last {
                lines[lines.count - 1] += "  " + entry.facts[0].text
            } else {
                lines.append("[page \(entry.pages.map(String.init).listed(atMost: 4))] \(entry.facts[0].text)")
                last = entry.pages
            }
        }
        if leftOut > 0 { lines.append("(\(leftOut) more are not listed.)") }
        return lines.joined(separator: "\n") + "\n\n"
    }
}
